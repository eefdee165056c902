import { id, join, sql, type Column, type Sql, type SqlFunction } from '@trainyard/tables/sql';
import type { TableStep } from './contract.js';
import { innerRules } from './apply.js';
import { kindOf, type RowRule } from './kinds.js';

/** What a rule does to a table of these columns, and the columns that it leaves. Throws a UserError for one that does not fit. */
export function ruleStep(
  rule: RowRule,
  columns: readonly Column[],
): { readonly step: TableStep; readonly columns: Column[] } {
  const step = kindOf(rule).table(rule, columns, innerRules);
  return { step, columns: columnsAfter(step, columns) };
}

/** The rule of a step as it travels with a table, or nothing. */
export function travelling(step: TableStep): RowRule | undefined {
  return step.travels as RowRule | undefined;
}

/** The columns that a step leaves. */
export function columnsAfter(step: TableStep, columns: readonly Column[]): Column[] {
  const kept = columns.flatMap(({ name, type }): Column[] => {
    const after = step.names?.has(name) ? step.names.get(name) : name;
    return after === undefined ? [] : [{ name: after, type: step.cells?.get(name)?.type ?? type }];
  });
  const added = [...(step.cells ?? [])].filter(([name]) => !columns.some((column) => column.name === name));
  return [...kept, ...added.map(([name, { type }]): Column => ({ name, type }))];
}

/** The cells of a step's rows, each under its new name. */
export function stepCells(step: TableStep, columns: readonly Column[]): Sql[] {
  const kept = columns.flatMap(({ name }) => {
    const after = step.names?.has(name) ? step.names.get(name) : name;
    return after === undefined ? [] : [sql`${step.cells?.get(name)?.value ?? id(name)} AS ${id(after)}`];
  });
  const added = [...(step.cells ?? [])].filter(([name]) => !columns.some((column) => column.name === name));
  return [...kept, ...added.map(([name, { value }]) => sql`${value} AS ${id(name)}`)];
}

/** SQL that takes the rows of a relation through rules. */
export interface RulesSql {
  /** A query: the rows of `from`, in their order, all of them. */
  readonly query: (from: Sql) => Sql;
  readonly columns: Column[];
  /** To be defined in the database before the query runs. */
  readonly functions: SqlFunction[];
  /** Rows that a rule on the way cannot read, one query for each such rule. */
  readonly refused: RefusedRows[];
}

/** Rows with a cell that a rule cannot read, and that serving refuses. */
export interface RefusedRows {
  readonly rule: string;
  readonly column: string;
  readonly expected: string;
  /** Gives `cell`, the text of one of them; no row where there is none. */
  readonly rows: (from: Sql) => Sql;
}

/**
 * SQL for what `applyRules` does to a row: rules that a table had are applied to the rows of another as serving applies
 * them. No row is dropped, and columns that are not there are left out. Throws a UserError where a rule does not fit.
 */
export function rulesToSql(rules: readonly RowRule[], columns: readonly Column[]): RulesSql {
  let now = [...columns];
  const layers: Sql[] = [];
  const functions = new Map<string, SqlFunction>();
  const refused: RefusedRows[] = [];
  const through = (done: readonly Sql[], from: Sql): Sql =>
    done.reduce((inner, cells) => sql`SELECT ${cells} FROM (${inner})`, sql`FROM ${from}`);
  for (const rule of rules) {
    const fitting = presentPart(rule, now);
    if (!fitting) continue;
    const { step, columns: after } = ruleStep(fitting, now);
    const unread = travelling(step) && (step.stop ?? step.drop);
    if (unread) {
      const { failing, expected } = unread;
      const column = unread.column ?? step.about[0]!;
      const done = [...layers];
      refused.push({
        ...{ rule: rule.rule, column, expected },
        rows: (from) =>
          sql`SELECT ${id(column)}::VARCHAR AS cell FROM (${through(done, from)}) WHERE ${failing} LIMIT 1`,
      });
    }
    layers.push(join(stepCells(step, now)));
    for (const one of step.functions ?? []) functions.set(one.name, one);
    now = after;
  }
  return {
    query: (from) => through(layers, from),
    columns: now,
    functions: [...functions.values()],
    refused,
  };
}

/** The part of a rule that is about columns which are there: parameters `column` and `columns` name them in every kind. */
function presentPart(rule: RowRule, columns: readonly Column[]): RowRule | undefined {
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  if ('column' in rule) return has(rule.column) ? rule : undefined;
  if (!('columns' in rule) || rule.columns === undefined) return rule;
  if (Array.isArray(rule.columns)) {
    const names = rule.columns.filter(has);
    return names.length === 0 ? undefined : ({ ...rule, columns: names } as RowRule);
  }
  const names = Object.entries(rule.columns as Record<string, string>).filter(([name]) => has(name));
  return names.length === 0 ? undefined : ({ ...rule, columns: Object.fromEntries(names) } as RowRule);
}
