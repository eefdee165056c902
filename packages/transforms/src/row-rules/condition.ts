import { z } from 'zod';
import { id, join, sql, type Column, type ColumnType, type Sql } from '@trainyard/tables/sql';
import type { RuleCell, RuleRow, RuleValue } from './contract.js';
import { columnFor, notFor } from './fitting.js';
import { ruleValue } from './parameters.js';
import { constantOf } from './read-text.js';

/** A value to compare with: a constant, or the cell of another column of the same row. */
const other = z.union([z.number(), z.string(), z.strictObject({ column: z.string() })]);
type Other = z.output<typeof other>;

const comparison = z.strictObject({
  column: z.string(),
  above: other.optional(),
  atLeast: other.optional(),
  below: other.optional(),
  atMost: other.optional(),
});

/**
 * Something that is true or false of a row. A comparison with what is missing, or with NaN, is false; `not` of it is true.
 * `is: null` asks whether a cell is missing.
 */
export type Condition =
  | { readonly column: string; readonly is: RuleValue | null }
  | { readonly column: string; readonly in: readonly RuleValue[] }
  | z.output<typeof comparison>
  | { readonly not: Condition }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

export const condition: z.ZodType<Condition> = z.union([
  z.strictObject({ column: z.string(), is: ruleValue.nullable() }),
  z.strictObject({ column: z.string(), in: z.array(ruleValue).min(1) }),
  comparison.refine(({ column: _, ...limits }) => Object.keys(limits).length > 0, 'names nothing to compare with'),
  z.strictObject({ not: z.lazy(() => condition) }),
  z.strictObject({ all: z.array(z.lazy(() => condition)).min(1) }),
  z.strictObject({ any: z.array(z.lazy(() => condition)).min(1) }),
]);

const OPERATORS = {
  above: [sql`>`, (a: number | string, b: number | string) => a > b],
  atLeast: [sql`>=`, (a: number | string, b: number | string) => a >= b],
  below: [sql`<`, (a: number | string, b: number | string) => a < b],
  atMost: [sql`<=`, (a: number | string, b: number | string) => a <= b],
} as const;
type Operator = keyof typeof OPERATORS;

const limitsOf = ({ column: _, ...limits }: z.output<typeof comparison>): [Operator, Other][] =>
  (Object.entries(limits) as [Operator, Other | undefined][]).filter(
    (limit): limit is [Operator, Other] => limit[1] !== undefined,
  );

/** The condition in SQL, true or false and never NULL, and as it travels: constants as cells have them. */
export function bindCondition(
  rule: string,
  given: Condition,
  columns: readonly Column[],
): { readonly sql: Sql; readonly bound: Condition } {
  if ('not' in given) {
    const inner = bindCondition(rule, given.not, columns);
    return { sql: sql`(NOT ${inner.sql})`, bound: { not: inner.bound } };
  }
  if ('all' in given || 'any' in given) {
    const [list, word] = 'all' in given ? [given.all, ' AND '] : [given.any, ' OR '];
    const parts = list.map((one) => bindCondition(rule, one, columns));
    const bound = parts.map((part) => part.bound);
    return {
      sql: sql`(${join(
        parts.map((part) => part.sql),
        word,
      )})`,
      bound: 'all' in given ? { all: bound } : { any: bound },
    };
  }
  const column = columnFor(rule, columns, given.column);
  const cell = id(column.name);
  const constant = (value: RuleValue) => constantOf(column.type, value, (why) => notFor(rule, column.name, why));
  if ('is' in given) {
    if (given.is === null) return { sql: sql`(${cell} IS NULL)`, bound: given };
    const value = constant(given.is);
    return { sql: sql`coalesce(${cell} = ${value.sql}, false)`, bound: { ...given, is: value.cell } };
  }
  if ('in' in given) {
    const values = given.in.map(constant);
    return {
      sql: sql`coalesce(${cell} IN (${join(values.map((value) => value.sql))}), false)`,
      bound: { ...given, in: values.map((value) => value.cell) },
    };
  }
  return bindComparison(rule, given, column, columns);
}

const NUMBERS: readonly ColumnType[] = ['number', 'integer'];

function bindComparison(
  rule: string,
  given: z.output<typeof comparison>,
  column: Column,
  columns: readonly Column[],
): { readonly sql: Sql; readonly bound: Condition } {
  const { name, type } = column;
  const family = NUMBERS.includes(type) ? NUMBERS : type === 'date' || type === 'timestamp' ? [type] : undefined;
  if (!family) throw notFor(rule, name, `it holds ${type}, which has no order here`);
  const bound: Record<string, Other> = {};
  const parts = limitsOf(given).map(([operator, to]) => {
    let side: Sql;
    if (typeof to === 'object') {
      const second = columnFor(rule, columns, to.column);
      if (!family.includes(second.type))
        throw notFor(rule, name, `it holds ${type}, and column "${second.name}" holds ${second.type}`);
      side = ordered(second, id(second.name));
      bound[operator] = to;
    } else {
      const constant = constantOf(NUMBERS.includes(type) ? 'number' : type, to, (why) => notFor(rule, name, why));
      side = ordered({ name, type: family[0]! }, constant.sql);
      bound[operator] = constant.cell as number | string;
    }
    return sql`coalesce(${ordered(column, id(name))} ${OPERATORS[operator][0]} ${side}, false)`;
  });
  return { sql: sql`(${join(parts, ' AND ')})`, bound: { column: name, ...bound } };
}

/** What is compared in place of a cell: NaN is as good as missing, times count to the millisecond. */
function ordered({ type }: Column, cell: Sql): Sql {
  if (type === 'timestamp') return sql`epoch_ms(${cell})`;
  return type === 'date' ? cell : sql`(CASE WHEN NOT isnan(${cell}::DOUBLE) THEN ${cell}::DOUBLE END)`;
}

/** The condition of a row, for one that `bindCondition` gave. */
export function conditionOf(given: Condition): (row: RuleRow) => boolean {
  if ('not' in given) {
    const inner = conditionOf(given.not);
    return (row) => !inner(row);
  }
  if ('all' in given) {
    const parts = given.all.map(conditionOf);
    return (row) => parts.every((part) => part(row));
  }
  if ('any' in given) {
    const parts = given.any.map(conditionOf);
    return (row) => parts.some((part) => part(row));
  }
  if ('is' in given) return (row) => cellOf(row, given.column) === given.is;
  if ('in' in given) {
    const values = new Set<unknown>(given.in);
    return (row) => values.has(cellOf(row, given.column));
  }
  const limits = limitsOf(given);
  return (row) => {
    const cell = cellOf(row, given.column);
    return limits.every(([operator, to]) => {
      const side = typeof to === 'object' ? cellOf(row, to.column) : to;
      if (typeof cell === 'number' && typeof side === 'number') return OPERATORS[operator][1](cell, side);
      return typeof cell === 'string' && typeof side === 'string' && OPERATORS[operator][1](cell, side);
    });
  };
}

export function cellOf(row: RuleRow, column: string): RuleCell {
  return Object.hasOwn(row, column) ? (row[column] ?? null) : null;
}

/** Names of the columns that a condition looks at. */
export function columnsOfCondition(given: Condition): string[] {
  if ('not' in given) return columnsOfCondition(given.not);
  if ('all' in given) return given.all.flatMap(columnsOfCondition);
  if ('any' in given) return given.any.flatMap(columnsOfCondition);
  const others = 'is' in given || 'in' in given ? [] : limitsOf(given).map(([, to]) => to);
  return [given.column, ...others.flatMap((to) => (typeof to === 'object' ? [to.column] : []))];
}

/** The condition with the types of its columns, which travel so that a row can be asked for them. */
export function typesOf(names: readonly string[], columns: readonly Column[]): Record<string, ColumnType> {
  return Object.fromEntries(columns.filter(({ name }) => names.includes(name)).map(({ name, type }) => [name, type]));
}
