import { id, inner, join, sql, Sql, type ColumnType } from '@trainyard/tables/sql';
import { lookedAt, type HistoryTake } from './windows.js';

/** What a table's rows get of the rows before them. */
export interface HistoryQuery {
  /** Columns of which rows that share a history have the same values. */
  readonly key: readonly string[];
  readonly order: { readonly name: string; readonly type: ColumnType };
  /** How far before a row its past ends, at least 1: in milliseconds, or in units of the order. */
  readonly gap: number;
  readonly takes: readonly HistoryTake[];
}

const AT = inner('at');
const PAST = inner('past');
const PLACE = inner('place');

/** SQL for a place in the order: milliseconds since 1970 of dates and times, whole numbers as they are. */
export function placeInOrder(type: ColumnType, cell: Sql): Sql {
  if (type === 'integer') return sql`${cell}::BIGINT`;
  return sql`epoch_ms(${cell}::TIMESTAMP)`;
}

/**
 * SQL for the columns that are made, each under its name, and `kept`, of the rows of `from`, in no order. It gives what `figureOf`
 * gives, bit for bit, whatever the threads: values are added one by one from the earliest row on. Frames are counted in rows, from
 * how many of the earlier rows are past, so that rows of one place never see each other; what is taken of them is in one order.
 */
export function historyQuery(asked: HistoryQuery, from: Sql, kept: Sql): Sql {
  const { takes } = asked;
  const { keys, sources, before, placed } = placedRows(asked, from, kept);
  const frames = takes.map((take) => {
    const first =
      take.within === undefined
        ? sql`(${PLACE} - ${PAST} + ${BigInt((take.rows ?? take.back ?? 1) - 1)})`
        : sql`(${PLACE} - ${before(take.within)} - 1)`;
    const last = take.take === 'lag' ? first : sql`(${PLACE} - ${PAST})`;
    const frame = sql`OVER (PARTITION BY ${keys} ORDER BY ${PLACE} ROWS BETWEEN ${first} PRECEDING AND ${last} PRECEDING)`;
    return framed(take, cell(sources.indexOf(take.of)), frame);
  });
  const windows = sql`(SELECT ${join([kept, ...frames.map((one, i) => sql`${one} AS ${taken(i)}`)])} FROM ${placed})`;
  // A mean is a column of its own: inside of a deviation's lambda it would be taken anew for each value.
  const means = takes.flatMap(({ take }, i) =>
    take === 'mean' || take === 'deviation' ? [sql`(${sum(taken(i))} / len(${taken(i)})) AS ${mean(i)}`] : [],
  );
  const middled = means.length === 0 ? windows : sql`(SELECT ${join([sql`*`, ...means])} FROM ${windows})`;
  return sql`SELECT ${join([kept, ...takes.map((take, i) => sql`${figureSql(take, i)} AS ${id(take.name)}`)])} FROM ${middled}`;
}

/** SQL for one row with `most`: how many values the windows of a key of `from` hold together, of those that are held as lists. */
export function heldQuery(asked: HistoryQuery, from: Sql): Sql {
  const { keys, before, placed } = placedRows(asked, from, sql`1 AS one`);
  const widths = asked.takes.filter(holdsValues).map(({ rows, within }) => {
    const width = within === undefined ? PAST : sql`(${PAST} - ${before(within)})`;
    return rows === undefined ? width : sql`least(${width}, ${BigInt(rows)})`;
  });
  const total = widths.reduce((all, one) => sql`${all} + ${one}`, sql`0`);
  return sql`SELECT coalesce(max(held), 0)::DOUBLE AS most FROM (SELECT sum(${total}) AS held FROM ${placed} GROUP BY ${keys})`;
}

/** Columns of `foldQuery` before those of spans and sources: what is kept, a row's place from 1 among those of its key, and its past. */
export const FOLD_COLUMNS = 3;

/**
 * SQL for what sums of windows are made of where they are added row by row: all columns DOUBLE, key after key, from the first place on.
 * A row's window ends where its past does; it begins `rows` before that, or after the rows before its span, counted from the key's first.
 */
export function foldQuery(asked: HistoryQuery, from: Sql, kept: Sql) {
  const { keys, sources, before, placed } = placedRows(asked, from, kept);
  const spans = [...new Set(asked.takes.flatMap(({ within }) => within ?? []))];
  const columns = [kept, PLACE, PAST, ...spans.map(before), ...sources.map((_, i) => cell(i))];
  const doubles = columns.map((one, i) => sql`${one}::DOUBLE AS ${inner(`fold ${i}`)}`);
  return { query: sql`SELECT ${join(doubles)} FROM ${placed} ORDER BY ${keys}, ${PLACE}`, sources, spans };
}

/** Whether a window's values are added up one by one, and are held for it. */
export const holdsValues = ({ take }: Pick<HistoryTake, 'take'>): boolean =>
  take === 'sum' || take === 'mean' || take === 'deviation';

/** The rows of `from` with what is looked at, their place among those of their key, and how many rows lie before their windows. */
function placedRows({ key, order, gap, takes }: HistoryQuery, from: Sql, kept: Sql) {
  const keys = join(key.map((_, i) => inner(`key ${i}`)));
  const sources = lookedAt(takes);
  const spans = [...new Set(takes.flatMap(({ within }) => within ?? []))];
  const countBefore = (span: number): Sql =>
    sql`count(*) OVER (PARTITION BY ${keys} ORDER BY ${AT} RANGE BETWEEN UNBOUNDED PRECEDING AND ${BigInt(span)} PRECEDING)`;
  const rows = sql`(SELECT ${join([
    kept,
    ...key.map((name, i) => sql`${id(name)} AS ${inner(`key ${i}`)}`),
    sql`${placeInOrder(order.type, id(order.name))} AS ${AT}`,
    ...sources.map(([name, type], i) => sql`${plainSql(type, id(name))} AS ${cell(i)}`),
  ])} FROM ${from})`;
  const placed = sql`(SELECT ${join([
    sql`*`,
    sql`${countBefore(gap)} AS ${PAST}`,
    ...spans.map((span, i) => sql`${countBefore(span + 1)} AS ${inner(`before ${i}`)}`),
    sql`row_number() OVER (PARTITION BY ${keys} ORDER BY ${join([AT, ...sources.map((_, i) => sql`${cell(i)} NULLS FIRST`)])}) AS ${PLACE}`,
  ])} FROM ${rows})`;
  return {
    keys,
    placed,
    sources: sources.map(([name]) => name),
    before: (span: number): Sql => inner(`before ${spans.indexOf(span)}`),
  };
}

const cell = (i: number): Sql => inner(`cell ${i}`);
const taken = (i: number): Sql => inner(`taken ${i}`);
const mean = (i: number): Sql => inner(`mean ${i}`);
const sum = (list: Sql): Sql => sql`list_reduce(${list}, lambda a, b: a + b)`;

/** A cell as rows of a request have it: times to the millisecond, NaN missing, one zero. */
function plainSql(type: ColumnType, value: Sql): Sql {
  if (type === 'number') return sql`CASE WHEN ${value} = 0 THEN 0::DOUBLE WHEN NOT isnan(${value}) THEN ${value} END`;
  return type === 'timestamp' ? sql`make_timestamp_ms(epoch_ms(${value}))` : value;
}

/** What the window itself gives: for sums, its values in their order. */
function framed({ take, type }: HistoryTake, source: Sql, frame: Sql): Sql {
  if (take === 'lag') return sql`first_value(${source}) ${frame}`;
  if (take === 'count') return sql`count(${source}) ${frame}`;
  const value = type === 'number' ? source : sql`${source}::DOUBLE`;
  if (take === 'min' || take === 'max') return sql`${Sql.of(take)}(${value}) ${frame}`;
  return sql`list(${value}) FILTER (WHERE ${source} IS NOT NULL) ${frame}`;
}

function figureSql({ take }: HistoryTake, i: number): Sql {
  switch (take) {
    case 'sum':
      return known(sum(taken(i)));
    case 'mean':
      return known(mean(i));
    case 'deviation': {
      const squares = sql`list_transform(${taken(i)}, lambda x: (x - ${mean(i)}) * (x - ${mean(i)}))`;
      return known(sql`sqrt(${sum(squares)} / len(${taken(i)}))`);
    }
    default:
      return taken(i);
  }
}

const known = (number: Sql): Sql => sql`(CASE WHEN NOT isnan(${number}) THEN ${number} END)`;
