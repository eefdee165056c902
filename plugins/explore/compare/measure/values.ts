import { spellingsOf, sql } from '@trainyard/tables';
import { type Counted, LISTED, type Measurement, type Relation } from '../../measure/index.js';
import type { Both, ComparedColumn, OnlyThere } from '../comparison.js';
import type { Pair } from './pair.js';
import { inOrder } from './ordered.js';

type Values = Pick<ComparedColumn, 'values' | 'only' | 'spellings'>;

const TOP = 12;

/** The categories of both sides; nothing for other columns. */
export async function valuesOf(relations: Both<Relation>, pairs: readonly Pair[]): Promise<Values[]> {
  const found: Values[] = [];
  for (const pair of pairs) found.push(await valuesIn(relations, pair));
  return found;
}

async function valuesIn([reference, table]: Both<Relation>, pair: Pair): Promise<Values> {
  const [a, b] = pair.sides;
  if (!a?.categories || !b?.categories || inOrder(pair)) return { values: [], only: null, spellings: [] };
  if (listed(a) && listed(b)) return fromLists(a.categories.values, b.categories.values);
  return {
    values: [],
    only: [await onlyIn([reference, a], [table, b]), await onlyIn([table, b], [reference, a])],
    spellings: [],
  };
}

/** Whether all values of a column are at hand. */
export function listed({ column }: Measurement): boolean {
  return column.kind === 'categorical' && column.distinct <= LISTED;
}

function fromLists(before: readonly Counted[], after: readonly Counted[]): Values {
  const [a, b] = [countsOf(before), countsOf(after)];
  const all = [...new Set([...a.keys(), ...b.keys()])].map((value) => ({
    value,
    rows: [a.get(value) ?? 0, b.get(value) ?? 0] as const,
  }));
  // By the larger share, so that what is frequent on either side is shown.
  const [most, more] = [sum(before), sum(after)];
  const share = ({ rows }: (typeof all)[number]): number => Math.max(rows[0] / (most || 1), rows[1] / (more || 1));
  all.sort((x, y) => share(y) - share(x) || (x.value < y.value ? -1 : 1));
  const spelt = spellingsOf([...all].map(({ value }) => value).sort());
  return {
    values: all.slice(0, TOP),
    only: [onlyOf(before, b), onlyOf(after, a)],
    spellings: spelt.filter((group) => group.some((one) => a.has(one)) && group.some((one) => !a.has(one))),
  };
}

function countsOf(counted: readonly Counted[]): Map<string, number> {
  return new Map(counted.map(({ value, rows }) => [String(value), rows]));
}

function sum(counted: readonly Counted[]): number {
  return counted.reduce((total, { rows }) => total + rows, 0);
}

function onlyOf(counted: readonly Counted[], other: ReadonlyMap<string, number>): OnlyThere {
  const only = counted.filter(({ value }) => !other.has(String(value)));
  const top = only.slice(0, TOP).map(({ value, rows }) => ({ value: String(value), rows }));
  return { values: only.length, rows: sum(only), top };
}

/** Values of one side that the other lacks, for columns of very many. */
async function onlyIn(
  [{ database, from }, { field }]: readonly [Relation, Measurement],
  [other, { field: otherField }]: readonly [Relation, Measurement],
): Promise<OnlyThere> {
  const only = sql`SELECT value, n FROM (SELECT ${field.cell}::VARCHAR AS value, count(*) AS n FROM ${from} GROUP BY 1)
    ANTI JOIN (SELECT DISTINCT ${otherField.cell}::VARCHAR AS value FROM ${other.from}) USING (value) WHERE value IS NOT NULL`;
  const { values, rows } = await database.row<{ values: number; rows: number | null }>(
    sql`SELECT count(*) AS values, sum(n)::BIGINT AS rows FROM (${only})`,
  );
  const top = await database.rows<{ value: string; n: number }>(
    sql`FROM (${only}) ORDER BY n DESC, value LIMIT ${BigInt(TOP)}`,
  );
  return { values, rows: rows ?? 0, top: top.map(({ value, n }) => ({ value, rows: n })) };
}
