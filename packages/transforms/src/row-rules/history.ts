import { noteShort } from '../history/short.js';
import { UserError } from '@trainyard/errors';
import { COLUMN_TYPES, id, sql, Sql, type ColumnType, type SqlFunction } from '@trainyard/tables/sql';
import { z } from 'zod';
import { readCell } from '../cell.js';
import { placeInOrder } from '../history/query.js';
import {
  figureOf,
  FIGURES,
  inOrder,
  lookedAt,
  typeOfTake,
  type EarlierRow,
  type HistoryTake,
} from '../history/windows.js';
import { rowRuleKind, type InnerRules, type RuleCell, type RuleColumns, type RuleRow } from './contract.js';
import { columnOf, newColumn, notFor, textColumn } from './fitting.js';
import { judged, unreadCell } from './judged.js';
import { ruleFunction } from './model-function.js';

/** Types of an order: what has a next one, so that "before" leaves no doubt. */
export const ORDER_TYPES = ['timestamp', 'date', 'integer'] as const;

const schema = z
  .strictObject({
    rule: z.literal('history'),
    column: z.string().describe('text: the earlier rows of the row\'s key as a JSON list, "[]" where there are none'),
    order: z.strictObject({ name: z.string(), type: z.enum(ORDER_TYPES) }),
    key: z
      .array(z.strictObject({ name: z.string(), type: z.enum(COLUMN_TYPES) }))
      .optional()
      .describe('columns whose values the earlier rows share with the row, looked at where they are brought'),
    rules: z
      .array(z.looseObject({ rule: z.string() }))
      .optional()
      .describe(
        'rules of cleaning that the table had gone through: earlier rows go through them as the row itself does',
      ),
    gap: z.int().min(1),
    takes: z
      .array(
        z.strictObject({
          name: z.string(),
          of: z.string(),
          type: z.enum(COLUMN_TYPES),
          take: z.enum(['lag', ...FIGURES]),
          back: z.int().min(1).optional(),
          rows: z.int().min(1).optional(),
          within: z.int().min(1).optional(),
        }),
      )
      .min(1),
  })
  .describe('columns of earlier rows, which a row brings along; features.history makes this rule');
type HistoryRule = z.output<typeof schema>;

/** Two places in an order, one after the other. */
const EXAMPLES = {
  timestamp: ['2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
  date: ['2024-02-29', '2024-03-01'],
  integer: [99, 100],
} as const;

/** What a row brings of the rows before it, in words. */
const EXPECTED =
  'a JSON list of the earlier rows of its key, such as [{"at": "2024-02-29T00:00:00Z", "sold": 3}], or []';

type Reader = (text: string, own?: RuleRow) => EarlierRow[];

/**
 * Reads earlier rows in a JSON text: through the rules of cleaning, then in order. `own` is the row that brings them, whose key they
 * are to have where both say theirs. The reader throws a UserError that says which row is wrong.
 */
function readerOf(rule: HistoryRule, inner: InnerRules): Reader {
  const { column, order, takes, key = [], rules = [] } = rule;
  const columns = inner.before(rules, new Map([...lookedAt(takes), [order.name, order.type]]));
  const keys = key.map(({ name, type }) => ({ name, columns: inner.before(rules, new Map([[name, type]])) }));
  const through = inner.through(rules);
  const read = (row: object, needed: RuleColumns, i: number): [string, RuleCell][] =>
    [...needed].map(([name, type]) => [name, cellOf(column, row, name, type, i)]);
  const cleaned = (row: RuleRow, i: number): RuleRow => {
    try {
      return through(row);
    } catch (cause) {
      throw unread(column, row, `its row ${i} (${(cause as Error).message.split('\n')[0]})`);
    }
  };
  return (text, own = {}) => {
    let list: unknown;
    try {
      list = JSON.parse(text);
    } catch {
      list = undefined;
    }
    if (!Array.isArray(list)) throw unread(column, text);
    const known = new Map(keys.map(({ name }) => [name, Object.hasOwn(own, name) ? own[name] : undefined]));
    const rows = list.map((row: unknown, i): EarlierRow => {
      if (typeof row !== 'object' || row === null || Array.isArray(row)) throw unread(column, row, `its row ${i}`);
      const brought = keys.filter((one) => [...one.columns.keys()].every((name) => Object.hasOwn(row, name)));
      const cells = [columns, ...brought.map((one) => one.columns)].flatMap((needed) => read(row, needed, i));
      const clean = cleaned(Object.fromEntries(cells), i);
      for (const { name } of brought) {
        const expected = known.get(name) ?? clean[name];
        if (clean[name] !== expected) throw otherKey(column, name, i, expected, clean[name]);
        known.set(name, expected);
      }
      const at = placeOf(order.type, clean[order.name]);
      if (at === null || Number.isNaN(at)) throw unread(column, row, `"${order.name}" of its row ${i}`);
      return { at, cells: Object.fromEntries(lookedAt(takes).map(([of]) => [of, clean[of] ?? null])) };
    });
    return inOrder(takes, rows);
  };
}

/** An earlier row that is none of the row's own. */
function otherKey(column: string, name: string, i: number, expected: unknown, actual: unknown): UserError {
  return new UserError(`rule "history" cannot read column "${column}": its row ${i} has another "${name}"`, {
    where: { column },
    expected: `"${name}" ${JSON.stringify(expected)}, as the row itself or the rows before it`,
    actual: JSON.stringify(actual) ?? 'none',
    remedy: 'send earlier rows of one key, that of the row that is asked about',
  });
}

function unread(column: string, actual: unknown, place = 'it'): UserError {
  return new UserError(`rule "history" cannot read column "${column}": ${place} is not what is expected`, {
    where: { column },
    expected: EXPECTED,
    actual: `${typeof actual} ${JSON.stringify(actual)?.slice(0, 120)}`,
    remedy: 'send the rows before this one that have its key, with the columns that the model looks back at',
  });
}

/** A cell of an earlier row; it must be there, `null` where it is not known. */
function cellOf(column: string, row: object, name: string, type: ColumnType, i: number): RuleCell {
  const given: unknown = Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] : undefined;
  if (given === undefined) throw unread(column, row, `its row ${i}, which lacks "${name}",`);
  if (given === null) return null;
  const fits =
    type === 'number'
      ? typeof given === 'number'
      : type === 'integer'
        ? Number.isSafeInteger(given)
        : type === 'boolean'
          ? typeof given === 'boolean'
          : typeof given === 'string';
  if (!fits) throw unread(column, row, `"${name}" of its row ${i}`);
  try {
    return readCell(given as RuleCell, type, name) ?? null;
  } catch {
    throw unread(column, row, `"${name}" of its row ${i}`);
  }
}

/** The place of a cell in the order. */
function placeOf(type: ColumnType, cell: RuleCell | undefined): number | null {
  if (cell === null || cell === undefined) return null;
  return type === 'integer' ? Number(cell) : Date.parse(String(cell));
}

/** Functions that SQL calls for rows which bring their history: whether it can be read, and what each column is made of it. */
function functionsOf(
  rule: HistoryRule,
  inner: InnerRules,
): { readonly reads: SqlFunction; readonly makes: readonly SqlFunction[] } {
  const read = readerOf(rule, inner);
  let last: { readonly text: string; readonly rows: EarlierRow[] } | undefined;
  const rowsOf = (text: string): EarlierRow[] => {
    if (last?.text !== text) last = { text, rows: read(text) };
    return last.rows;
  };
  const readable = (text: string | null, at: number | null): boolean => {
    try {
      return at !== null && text !== null && rowsOf(text).length >= 0;
    } catch {
      return false;
    }
  };
  return {
    reads: ruleFunction('history_reads', rule, ['text', 'integer'], 'boolean', readable),
    makes: rule.takes.map((take) =>
      ruleFunction(
        'history',
        { rule, take },
        ['text', 'integer'],
        givenAs(typeOfTake(take)),
        (text: string | null, at: number) =>
          readable(text, at) ? figureOf(take, rowsOf(String(text)), at, rule.gap) : null,
      ),
    ),
  };
}

const givenAs = (type: ColumnType): SqlFunction['gives'] => (type === 'date' || type === 'timestamp' ? 'text' : type);

/** Refuses a window of no rows, a figure of what is no number. */
export function checkTake({ name, of, type, take, back, rows, within }: HistoryTake, gap: number): void {
  const numbers = type === 'number' || type === 'integer';
  if (take !== 'lag' && take !== 'count' && !numbers)
    throw notFor('history', of, `"${name}" is a ${take} of it, and it holds ${type}`);
  const said = [back, rows, within].filter((one) => one !== undefined).length;
  if (said !== 1 || (take === 'lag') !== (back !== undefined))
    throw notFor('history', of, `"${name}" is a ${take}: a lag says back, a figure either rows or within`);
  if (within !== undefined && within < gap)
    throw notFor('history', of, `"${name}" looks back less far than the gap, so its window is always empty`);
}

export const historyRule = rowRuleKind({
  schema,
  table(rule, columns, inner) {
    textColumn('history', columns, rule.column);
    const order = columnOf('history', columns, rule.order.name, [rule.order.type]);
    for (const take of rule.takes) {
      newColumn('history', columns, take.name);
      checkTake(take, rule.gap);
    }
    const at = placeInOrder(order.type, id(order.name));
    const { reads, makes } = functionsOf(rule, inner);
    const call = ({ name }: SqlFunction): Sql => sql`${Sql.of(name)}(${id(rule.column)}, ${at})`;
    return {
      ...judged(rule.column, sql`NOT ${call(reads)}`, 'stop', EXPECTED),
      cells: new Map(
        rule.takes.map((take, i) => {
          const type = typeOfTake(take);
          const value = call(makes[i]!);
          return [take.name, { value: asColumn(type, value), type }];
        }),
      ),
      functions: [reads, ...makes],
      travels: rule,
    };
  },
  row(rule, inner) {
    const read = readerOf(rule, inner);
    return (row) => {
      const own = (name: string): RuleCell => (Object.hasOwn(row, name) ? (row[name] ?? null) : null);
      const text = own(rule.column);
      const at = placeOf(rule.order.type, own(rule.order.name));
      if (typeof text !== 'string') unreadCell('history', rule.column, text, 'stop', EXPECTED);
      if (at === null)
        unreadCell('history', rule.order.name, at, 'stop', `${rule.order.type}: when the row is, which must be known`);
      const earlier = read(String(text), row);
      for (const take of rule.takes) row[take.name] = figureOf(take, earlier, Number(at), rule.gap);
      noteShort(row, rule.takes, earlier.filter((one) => one.at <= Number(at) - rule.gap).length);
    };
  },
  /** A row brings its earlier rows and its own place, where a column is wanted that is made of them. */
  before(rule, after) {
    const made = new Set(rule.takes.map(({ name }) => name));
    if (![...after.keys()].some((name) => made.has(name))) return after;
    const others = [...after].filter(([name]) => !made.has(name));
    const { name, type } = rule.order;
    return new Map<string, ColumnType>([...others, [name, after.get(name) ?? type], [rule.column, 'text']]);
  },
  ofOthers: ({ takes, key = [] }) => ({
    columns: takes.map(({ name }) => name),
    sharing: key.map(({ name }) => name),
  }),
  example({ column, order, takes, rules = [] }) {
    const [then, now] = EXAMPLES[order.type];
    const row = Object.fromEntries([...lookedAt(takes).map(([of]) => [of, null]), [order.name, then]]);
    // What cleaning reads may be written in any way.
    return { [order.name]: now, [column]: JSON.stringify(rules.length === 0 ? [row] : []) };
  },
});

/** A cell that a function gives, as its column's type. */
function asColumn(type: ColumnType, value: Sql): Sql {
  if (type === 'date') return sql`${value}::DATE`;
  return type === 'timestamp' ? sql`replace(replace(${value}, 'T', ' '), 'Z', '')::TIMESTAMP` : value;
}
