import { id, join, sql } from '@trainyard/tables';
import type { Association, Scatter } from '../profile.js';
import type { Coded } from './codes.js';
import type { Numeric } from './correlations.js';
import { placesOf } from './places.js';
import type { Relation } from './relation.js';

const POINTS = 400;
const PAIRS = 6;

/** The pairs of numbers that go together most, as points of the same rows: drawn at random, by place, with the seed. */
export async function scatterOf(
  { database, from, rows }: Relation,
  numbers: readonly Numeric[],
  associations: readonly Association[],
  code: Coded | undefined,
  seed: number,
): Promise<{ rows: number; pairs: Scatter[] }> {
  const by = new Map(numbers.map((one) => [one.column.name, one]));
  const pairs = associations
    .filter(({ measure, columns }) => measure === 'spearman' && columns.every((name) => by.has(name)))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, PAIRS)
    .map(({ columns: [x, y] }) => [by.get(x)!, by.get(y)!] as const);
  const columns = [...new Set(pairs.flat())];
  if (columns.length === 0) return { rows: 0, pairs: [] };
  const places = placesOf(rows, POINTS, seed);
  const cells = columns.map(({ field }, i) => sql`${field.x} AS ${id(`x${i}`)}`);
  const drawn = await database.rows<Record<string, number | null>>(
    sql`SELECT ${join(cells)}, ${code ? code.code : sql`NULL::INTEGER`} AS class
        FROM (SELECT *, row_number() OVER () - 1 AS place FROM ${from}) WHERE place IN (SELECT unnest(${places})::BIGINT) ORDER BY place`,
  );
  return {
    rows: places.length,
    pairs: pairs.map((pair) => {
      const [a, b] = pair.map((one) => `x${columns.indexOf(one)}`);
      const points = drawn.flatMap((row) => {
        const [x, y, at] = [row[a!], row[b!], row['class']];
        if (typeof x !== 'number' || typeof y !== 'number') return [];
        return [{ x, y, ...(typeof at === 'number' ? { class: at } : {}) }];
      });
      return { columns: [pair[0].column.name, pair[1].column.name], points };
    }),
  };
}
