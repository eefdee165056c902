import { z } from 'zod';
import { rowRuleKind } from './contract.js';
import { imputing } from './imputing.js';
import { usable } from './model-function.js';
import { columnNames } from './parameters.js';

const schema = z
  .strictObject({
    rule: z.literal('neighbours'),
    columns: columnNames,
    neighbours: z.int().min(1),
    weights: z.enum(['uniform', 'distance']).default('uniform'),
    scales: z.array(z.number().positive()).describe('what a difference in each column is divided by'),
    means: z.array(z.number()).describe('for rows that have nothing in common with any other'),
    donors: z.array(z.array(z.number().nullable())).describe('rows of the training part, in the order of columns'),
  })
  .describe('for what is missing: the mean of the nearest rows of the training part');
type NeighboursRule = z.output<typeof schema>;

/**
 * The mean of the nearest rows that have the column (Troyanskaya and others 2001, KNNimpute). The distance is Euclidean over
 * the columns that both rows have, times the share of columns that it leaves out (Dixon 1979); of rows as near, the first count.
 */
function imputeNearest(
  { donors, scales, means, neighbours, weights }: Omit<NeighboursRule, 'rule' | 'columns'>,
  cells: readonly (number | null)[],
  at: number,
): number {
  const near: { distance: number; value: number }[] = [];
  for (const donor of donors) {
    const value = usable(donor[at]);
    if (value === undefined) continue;
    let [sum, present] = [0, 0];
    for (let i = 0; i < cells.length; i++) {
      const [a, b] = [usable(cells[i]), usable(donor[i])];
      if (a === undefined || b === undefined) continue;
      const difference = (a - b) / scales[i]!;
      sum += difference * difference;
      present++;
    }
    if (present > 0) near.push({ distance: Math.sqrt((sum * cells.length) / present), value });
  }
  // Sorting is stable: of equals the first stays first.
  const chosen = near.sort((a, b) => a.distance - b.distance).slice(0, neighbours);
  if (chosen.length === 0) return means[at]!;
  const same = chosen.filter(({ distance }) => distance === 0);
  const counted = weights === 'distance' && same.length > 0 ? same : chosen;
  let [total, weight] = [0, 0];
  for (const { distance, value } of counted) {
    const share = weights === 'uniform' || distance === 0 ? 1 : 1 / distance;
    total += value * share;
    weight += share;
  }
  return total / weight;
}

export const neighboursRule = rowRuleKind({
  schema,
  ...imputing<NeighboursRule>({
    model: ({ rule: _, columns: __, ...model }) => model,
    misfit: ({ scales, means, donors }, columns) =>
      [scales, means, ...donors].some((row) => row.length !== columns)
        ? `its donors, scales or means are not of ${columns} columns`
        : undefined,
    impute: imputeNearest,
  }),
});
