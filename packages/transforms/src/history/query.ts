import { id, inner, join, sql, Sql, type ColumnType } from '@trainyard/tables/sql';
import type { HistoryTake } from './windows.js';

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

/** SQL for a place in the order: milliseconds since 1970 of dates and times, whole numbers as they are. */
export function placeInOrder(type: ColumnType, cell: Sql): Sql {
  if (type === 'integer') return sql`${cell}::BIGINT`;
  return sql`epoch_ms(${cell}::TIMESTAMP)`;
}

/**
 * SQL for the columns that are made, each under its name, and `kept`, of the rows of `from`, in no order. It gives what `figureOf`
 * gives, bit for bit, whatever the threads: values are added one by one from the earliest row on. Frames are counted in rows, from
 * how many of the earlier rows are past, so that rows of one place never see each other.
 */
export function historyQuery({ key, order, gap, takes }: HistoryQuery, from: Sql, kept: Sql): Sql {
  const keys = join(key.map((_, i) => inner(`key ${i}`)));
  const sources = [...new Map(takes.map(({ of, type }) => [of, type]))];
  const spans = [...new Set(takes.flatMap(({ within }) => within ?? []))];
  const of = (name: string): number => sources.findIndex(([source]) => source === name);
  const before = (span: number): Sql =>
    sql`count(*) OVER (PARTITION BY ${keys} ORDER BY ${AT} RANGE BETWEEN UNBOUNDED PRECEDING AND ${BigInt(span)} PRECEDING)`;
  const rows = sql`(SELECT ${join([
    kept,
    ...key.map((name, i) => sql`${id(name)} AS ${inner(`key ${i}`)}`),
    sql`${placeInOrder(order.type, id(order.name))} AS ${AT}`,
    ...sources.map(([name, type], i) => sql`${plainSql(type, id(name))} AS ${cell(i)}`),
  ])} FROM ${from})`;
  const placed = sql`(SELECT ${join([
    sql`*`,
    sql`${before(gap)} AS ${PAST}`,
    ...spans.map((span, i) => sql`${before(span + 1)} AS ${inner(`before ${i}`)}`),
    ...sources.map(
      (_, i) =>
        sql`row_number() OVER (PARTITION BY ${keys} ORDER BY ${AT}, ${cell(i)} NULLS FIRST) AS ${inner(`place ${i}`)}`,
    ),
  ])} FROM ${rows})`;
  const frames = takes.map((take) => {
    const [source, place] = [cell(of(take.of)), inner(`place ${of(take.of)}`)];
    const latest = sql`(${place} - ${PAST})`;
    const first =
      take.within === undefined
        ? sql`(${place} - ${PAST} + ${BigInt((take.rows ?? take.back ?? 1) - 1)})`
        : sql`(${place} - ${inner(`before ${spans.indexOf(take.within)}`)} - 1)`;
    const frame = sql`OVER (PARTITION BY ${keys} ORDER BY ${place} ROWS BETWEEN ${first} PRECEDING AND ${take.take === 'lag' ? first : latest} PRECEDING)`;
    return framed(take, source, frame);
  });
  const windows = sql`(SELECT ${join([kept, ...frames.map((one, i) => sql`${one} AS ${taken(i)}`)])} FROM ${placed})`;
  return sql`SELECT ${join([kept, ...takes.map((take, i) => sql`${figureSql(take, taken(i))} AS ${id(take.name)}`)])} FROM ${windows}`;
}

const cell = (i: number): Sql => inner(`cell ${i}`);
const taken = (i: number): Sql => inner(`taken ${i}`);

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

function figureSql({ take }: HistoryTake, value: Sql): Sql {
  const sum = (list: Sql): Sql => sql`list_reduce(${list}, lambda a, b: a + b)`;
  const mean = sql`(${sum(value)} / len(${value}))`;
  switch (take) {
    case 'sum':
      return known(sum(value));
    case 'mean':
      return known(mean);
    case 'deviation': {
      const squares = sql`list_transform(${value}, lambda x: (x - ${mean}) * (x - ${mean}))`;
      return known(sql`sqrt(${sum(squares)} / len(${value}))`);
    }
    default:
      return value;
  }
}

const known = (number: Sql): Sql => sql`(CASE WHEN NOT isnan(${number}) THEN ${number} END)`;
