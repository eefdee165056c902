import { z } from 'zod';
import { rowRuleKind } from './contract.js';
import { imputing } from './imputing.js';
import { usable } from './model-function.js';
import { columnNames } from './parameters.js';

const schema = z
  .strictObject({
    rule: z.literal('iterative'),
    columns: columnNames,
    starts: z.array(z.number()).describe('what stands in for a missing value at first, by column'),
    steps: z
      .array(z.strictObject({ at: z.int().min(0), intercept: z.number(), weights: z.array(z.number()) }))
      .describe(
        'regressions in the order in which they are applied: of the column at that place on the others, whose weights stand at theirs',
      ),
  })
  .describe('for what is missing: what regressions on the other columns say, round after round');
type IterativeRule = z.output<typeof schema>;

/** The value that the regressions leave in a column (chained equations: van Buuren and Groothuis-Oudshoorn 2011). */
function imputeChained(
  { starts, steps }: Pick<IterativeRule, 'starts' | 'steps'>,
  cells: readonly (number | null)[],
  at: number,
): number {
  const values = cells.map((cell, i) => usable(cell) ?? starts[i]!);
  for (const step of steps) {
    // What is known, NaN among it, is never changed.
    if (cells[step.at] !== null) continue;
    let value = step.intercept;
    for (let i = 0; i < values.length; i++) if (i !== step.at) value += step.weights[i]! * values[i]!;
    values[step.at] = Number.isFinite(value) ? value : starts[step.at]!;
  }
  return values[at]!;
}

export const iterativeRule = rowRuleKind({
  schema,
  ...imputing<IterativeRule>({
    model: ({ starts, steps }) => ({ starts, steps }),
    misfit: ({ starts, steps }, columns) =>
      starts.length !== columns || steps.some(({ at, weights }) => at >= columns || weights.length !== columns)
        ? `its regressions are not of ${columns} columns`
        : undefined,
    impute: imputeChained,
  }),
});
