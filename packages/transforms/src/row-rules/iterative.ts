import { z } from 'zod';
import { id, sql } from '@trainyard/tables/sql';
import { rowRuleKind } from './contract.js';
import { columnOf, notFor } from './fitting.js';
import { callModel, modelFunction, numbersOf, usable } from './model-function.js';
import { withAll } from './neighbours.js';
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
export function imputeChained(
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
  table(rule, columns) {
    const given = rule.columns.map((name) => columnOf('iterative', columns, name, ['number']));
    const { length } = given;
    if (
      rule.starts.length !== length ||
      rule.steps.some(({ at, weights }) => at >= length || weights.length !== length)
    )
      throw notFor('iterative', rule.columns[0]!, `its regressions are not of ${length} columns`);
    const { starts, steps } = rule;
    const impute = modelFunction('iterative', { starts, steps }, 'number', (cells, at) =>
      imputeChained(rule, cells, at),
    );
    return {
      about: rule.columns,
      cells: new Map(
        given.map(({ name, type }, at) => [
          name,
          {
            value: sql`(CASE WHEN ${id(name)} IS NULL THEN ${callModel(impute, given, at)} ELSE ${id(name)} END)`,
            type,
          },
        ]),
      ),
      functions: [impute],
      travels: rule,
    };
  },
  row(rule) {
    return (row) => {
      const cells = numbersOf(row, rule.columns);
      cells.forEach((cell, at) => {
        if (cell === null) row[rule.columns[at]!] = imputeChained(rule, cells, at);
      });
    };
  },
  before: (rule, after) => (rule.columns.some((name) => after.has(name)) ? withAll(rule.columns, after) : after),
});
