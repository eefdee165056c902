import { compareProfiles, MOST_VALUES, type ColumnProfile, type DriftOptions, type Profile } from '@trainyard/drift';
import { sql } from '@trainyard/tables';
import type { Measurement, Relation } from '../../measure/index.js';
import type { Both, Moved } from '../comparison.js';
import type { Pair } from './pair.js';
import { inOrder, type InOrder } from './ordered.js';
import { listed } from './values.js';

/**
 * How far each column has moved. Times are not tested: that what came later is later, nobody needs to be told; nor are
 * values of columns that hardly repeat.
 */
export async function driftOf(
  relations: Both<Relation>,
  pairs: readonly Pair[],
  options: Required<DriftOptions>,
): Promise<Moved[][]> {
  const profileOf = async (side: 0 | 1): Promise<Profile> => {
    const columns: ColumnProfile[] = [];
    for (const [place, pair] of pairs.entries()) {
      const one = await columnOf(relations[side], pair, side, String(place));
      if (one) columns.push(one);
    }
    return { format: 'trainyard.profile/1', rows: relations[side].rows, columns };
  };
  const report = compareProfiles(await profileOf(0), await profileOf(1), options);
  const found = pairs.map((): Moved[] => []);
  for (const { column, of, says: _, ...figures } of report.columns) {
    const place = Number(column);
    const what = of === 'missing' ? of : (inOrder(pairs[place]!)?.[0].of ?? 'values');
    found[place]!.push({ of: what, ...figures });
  }
  for (const moved of found) moved.sort((a, b) => Number(a.of === 'missing') - Number(b.of === 'missing'));
  return found;
}

/** What the tests need of one side. A column without a value to test is tested for what is missing alone. */
async function columnOf(relation: Relation, pair: Pair, side: 0 | 1, name: string): Promise<ColumnProfile | undefined> {
  const [a, b] = pair.sides;
  const one = pair.sides[side];
  if (!a || !b || !one) return undefined;
  const { rows, missing, kind } = one.column;
  const any = { name, missing, present: rows - missing };
  const sides = kind === 'time' ? undefined : inOrder(pair);
  // Without a finite value on one side there is nothing to compare but gaps.
  if (sides?.every(({ present }) => present > 0))
    return { ...any, type: 'number', values: await sorted(relation, sides[side]) };
  if (!sides && listed(a) && listed(b)) return { ...any, type: 'text', counts: countsOf(one) };
  return { ...any, type: 'text', counts: {} };
}

function countsOf({ categories }: Measurement): Record<string, number> {
  const counts = Object.create(null) as Record<string, number>;
  for (const { value, rows } of categories?.values ?? []) counts[String(value)] = rows;
  return counts;
}

/** The values in ascending order; of many, as many as the tests take, evenly spaced in that order. */
async function sorted({ database, from }: Relation, { x, present }: InOrder): Promise<number[]> {
  const values = sql`(SELECT ${x} AS x FROM ${from} WHERE ${x} IS NOT NULL)`;
  const step = present / MOST_VALUES;
  const places = Array.from({ length: MOST_VALUES }, (_, i) => Math.floor((i + 0.5) * step));
  const query =
    present <= MOST_VALUES
      ? sql`SELECT x FROM ${values} ORDER BY x`
      : sql`SELECT x FROM (SELECT x, row_number() OVER (ORDER BY x) - 1 AS r FROM ${values})
            WHERE r IN (SELECT unnest(${places})::BIGINT) ORDER BY r`;
  return (await database.rows<{ x: number }>(query)).map(({ x: value }) => value);
}
