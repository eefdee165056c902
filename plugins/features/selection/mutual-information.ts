import { id, sql, type Sql } from '@trainyard/tables/sql';
import { placeSql } from '@trainyard/transforms';
import { z } from 'zod';
import { cutsOf } from '../numbers.js';
import { best, bounds } from './best.js';
import { selectorOf, type Candidates } from './contract.js';

/** Distinct values up to which each is a bin of its own, and bins of about as many rows of all others: fewer where rows are few. */
const [DISTINCT, BINS] = [64, 16];
/** Rows for each pair of bins, without which chance alone would tell much. */
const ROWS = 5;

/**
 * How much a feature tells of the label, in nats: the sum of p(a, b) ln(p(a, b) / p(a) p(b)) over the bins of both. Values of which there
 * are up to 64 are bins; others, and a label of numbers, have 16 bins of about as many rows. Of fewer than 1,280 rows there are so few bins
 * that a pair has five.
 */
export const mutualInformation = selectorOf({
  schema: z.strictObject({ by: z.literal('mutual information'), ...bounds }),
  needsLabel: true,
  async select(given, features, candidates) {
    const { lesson, x, label } = candidates;
    const { classes, targets } = label();
    const target = classes ? sql`(${id(label().column)}::VARCHAR)` : await binned(targets[0]!.z, candidates);
    const scores: { score: number }[] = [];
    for (const feature of features) {
      const bin = await binned(x(feature), candidates);
      const cells = await lesson.group<{ a: number; b: string | number; n: number }>(
        sql`SELECT ${bin} AS a, ${target} AS b, count(*) AS n FROM ${lesson.from}
              WHERE ${bin} IS NOT NULL AND ${target} IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
      );
      scores.push({ score: informationOf(cells) });
    }
    return best(scores, given);
  },
});

async function binned(x: Sql, { lesson }: Pick<Candidates, 'lesson'>): Promise<Sql> {
  const few = Math.max(2, Math.floor(Math.sqrt(lesson.rows / ROWS)));
  const cuts = await cutsOf(lesson, x, Math.min(DISTINCT, few), Math.min(BINS, few));
  return sql`(CASE WHEN ${x} IS NOT NULL THEN ${placeSql(cuts, x)} END)`;
}

function informationOf(cells: readonly { a: number; b: string | number; n: number }[]): number {
  const [ofA, ofB] = [new Map<unknown, number>(), new Map<unknown, number>()];
  let rows = 0;
  for (const { a, b, n } of cells) {
    ofA.set(a, (ofA.get(a) ?? 0) + n);
    ofB.set(b, (ofB.get(b) ?? 0) + n);
    rows += n;
  }
  const sum = cells.reduce(
    (total, { a, b, n }) => total + (n / rows) * Math.log((n * rows) / (ofA.get(a)! * ofB.get(b)!)),
    0,
  );
  return rows === 0 ? 0 : Math.max(0, sum);
}
