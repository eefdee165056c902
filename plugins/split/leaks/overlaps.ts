import { type Database, id, inner, sql, type Sql } from '@trainyard/tables';
import type { SplitFigures } from '../figures.js';
import { PART } from '../inner.js';
import { namesRows, namesSeveral, type Repeating } from './columns.js';

/** Columns that are looked at one by one. */
const MOST = 20;
const [VALUE, CLASS, GUESS] = [inner('value'), inner('label'), inner('guess')];

type Overlap = SplitFigures['overlaps'][number];

/**
 * Columns whose values name something that has several rows (a patient, a shop) and stand in training and in the part that
 * judges: how many values they share, and how well a value alone tells the label by the training rows.
 */
export async function overlapsOf(
  database: Database,
  dealt: Sql,
  columns: readonly Repeating[],
  judge: 'test' | 'validation',
  label: string | undefined,
  group: string | undefined,
): Promise<Overlap[]> {
  const candidates = columns
    .filter((one) => namesSeveral(one) && one.column.name !== label && one.column.name !== group)
    .filter(({ column }) => column.type === 'text' || label !== undefined)
    .slice(0, MOST);
  const overlaps: Overlap[] = [];
  for (const { column } of candidates) {
    const cells = sql`SELECT ${id(column.name)} AS ${VALUE}, ${PART}, ${label === undefined ? sql`NULL` : sql`${id(label)}::VARCHAR`} AS ${CLASS}
                      FROM ${dealt} WHERE ${id(column.name)} IS NOT NULL`;
    const known = sql`SELECT ${VALUE}, first(${CLASS} ORDER BY n DESC, ${CLASS}) AS ${GUESS}
                      FROM (SELECT ${VALUE}, ${CLASS}, count(*) AS n FROM (${cells}) WHERE ${PART} = 'train' GROUP BY 1, 2) GROUP BY 1`;
    const found = await database.row<{ values: number; shared: number; rows: number; right: number | null }>(
      sql`SELECT count(DISTINCT ${VALUE}) AS "values", count(DISTINCT ${VALUE}) FILTER (WHERE known.${VALUE} IS NOT NULL) AS shared,
                 count(known.${VALUE}) AS rows, count(*) FILTER (WHERE ${CLASS} = ${GUESS}) AS "right"
          FROM (SELECT ${VALUE}, ${CLASS} FROM (${cells}) WHERE ${PART} = ${judge}) LEFT JOIN (${known}) AS known USING (${VALUE})`,
    );
    if (found.shared === 0) continue;
    // A measure tells the label by its order, a name does not.
    if (column.type === 'integer' && tellsMuch(await byOrder(database, { column }, label!))) continue;
    const tells = label === undefined || found.rows === 0 ? null : (found.right ?? 0) / found.rows;
    overlaps.push({
      column: column.name,
      values: found.values,
      shared: found.shared,
      tells,
      commonest: tells === null ? null : await commonestOf(database, dealt, judge, label!),
    });
  }
  return overlaps;
}

async function commonestOf(database: Database, dealt: Sql, judge: string, label: string): Promise<number> {
  const { share } = await database.row<{ share: number | null }>(
    sql`SELECT max(n) / sum(n)::DOUBLE AS share FROM (SELECT count(*) AS n FROM ${dealt} WHERE ${PART} = ${judge} GROUP BY ${id(label)})`,
  );
  return share ?? 0;
}

/** Whether a guess takes away half of the mistakes that the commonest label makes. */
export function tellsMuch({ tells, commonest }: { tells: number | null; commonest: number | null }): boolean {
  return tells !== null && commonest !== null && tells >= commonest + (1 - commonest) / 2 && commonest < 0.99;
}

const BINS = 20;

/** Identifiers in whose order, cut into 20 stretches, the label is told: rows were numbered class by class. */
export async function ordersOf(
  database: Database,
  columns: readonly Repeating[],
  label: string,
): Promise<{ column: string; tells: number; commonest: number }[]> {
  const orders: { column: string; tells: number; commonest: number }[] = [];
  for (const one of columns.filter((each) => namesRows(each) && each.column.name !== label).slice(0, MOST)) {
    if (one.rows < 10 * BINS) continue;
    const told = await byOrder(database, one, label);
    if (tellsMuch(told)) orders.push({ column: one.column.name, ...told });
  }
  return orders;
}

/** Shares of the rows whose label is the commonest of their stretch of a column's order, and of all rows. */
function byOrder(
  database: Database,
  { column }: Pick<Repeating, 'column'>,
  label: string,
): Promise<{ tells: number; commonest: number }> {
  const cell = id(column.name);
  const binned = sql`SELECT ntile(${BigInt(BINS)}) OVER (ORDER BY ${cell}) AS bin, ${id(label)} AS ${CLASS} FROM rows WHERE ${cell} IS NOT NULL`;
  return database.row(
    sql`WITH counts AS MATERIALIZED (SELECT bin, ${CLASS}, count(*) AS n FROM (${binned}) GROUP BY 1, 2)
        SELECT (SELECT sum(most) FROM (SELECT max(n) AS most FROM counts GROUP BY bin)) / (SELECT sum(n) FROM counts)::DOUBLE AS tells,
               (SELECT max(n) FROM (SELECT sum(n) AS n FROM counts GROUP BY ${CLASS})) / (SELECT sum(n) FROM counts)::DOUBLE AS commonest`,
  );
}

/** Columns of time, and how many rows of the part that judges lie no later than the newest of training. */
export async function timesOf(
  database: Database,
  dealt: Sql,
  columns: readonly { readonly name: string; readonly type: string }[],
  judge: 'test' | 'validation',
): Promise<SplitFigures['times']> {
  const times: SplitFigures['times'] = [];
  for (const { name } of columns.filter(({ type }) => type === 'timestamp' || type === 'date').slice(0, MOST)) {
    const ends = (part: string): Sql =>
      sql`min(${id(name)}) FILTER (WHERE ${PART} = ${part})::VARCHAR AS ${id(`${part} first`)}, max(${id(name)}) FILTER (WHERE ${PART} = ${part})::VARCHAR AS ${id(`${part} last`)}`;
    const found = await database.row<Record<string, string | null>>(
      sql`SELECT ${ends('train')}, ${ends('validation')}, ${ends('test')} FROM ${dealt}`,
    );
    const newest = found['train last'] ?? null;
    const { within } = await database.row<{ within: number }>(
      sql`SELECT count(*) AS within FROM ${dealt} WHERE ${PART} = ${judge} AND ${id(name)} <= ${newest}::TIMESTAMP`,
    );
    const span = (part: string): [string, string] | null => {
      const [first, last] = [found[`${part} first`] ?? null, found[`${part} last`] ?? null];
      return first === null || last === null ? null : [first, last];
    };
    times.push({ column: name, train: span('train'), validation: span('validation'), test: span('test'), within });
  }
  return times;
}
