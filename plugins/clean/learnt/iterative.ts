import { z } from 'zod';
import { notFor } from '../not-for.js';
import { columnOf, nothingToLearn } from './columns.js';
import { learningKind } from './contract.js';
import { drawnRows, meanOf } from './drawn.js';
import { leastSquares } from './least-squares.js';

/** Rounds end when no value moves by more than this share of the largest one. */
const TOLERANCE = 1e-3;

export const iterativeKind = learningKind({
  schema: z
    .strictObject({
      rule: z.literal('impute-iterative'),
      columns: z.array(z.string()).min(2).describe('columns of numbers: each is filled from the others'),
      rounds: z.int().min(1).max(50).default(10),
      ridge: z
        .number()
        .min(0)
        .default(1e-6)
        .describe('keeps weights of columns that say the same small, in shares of their variance'),
    })
    .describe('regressions of each column on the others, round after round, for what is missing'),
  async fit(rule, lesson) {
    for (const name of rule.columns) {
      const { type } = columnOf('impute-iterative', lesson.columns, name);
      if (type !== 'number')
        throw notFor(
          'impute-iterative',
          name,
          `it holds ${type}, not number; integers are read as numbers by rule type`,
        );
    }
    const known = await drawnRows(lesson, rule.columns, lesson.sample);
    const starts = rule.columns.map((name, i) => {
      const mean = meanOf(known.map((row) => row[i]));
      if (mean === undefined) throw nothingToLearn('impute-iterative', name);
      return mean + 0;
    });
    return [{ rule: 'iterative', columns: rule.columns, starts, steps: chain(known, starts, rule) }];
  },
});

interface Regression {
  readonly at: number;
  readonly intercept: number;
  readonly weights: number[];
}

/** The regressions, in the order in which they are applied: columns that lack least come first, as in each round. */
function chain(
  known: readonly (readonly (number | null)[])[],
  starts: readonly number[],
  { rounds, ridge }: { readonly rounds: number; readonly ridge: number },
): Regression[] {
  const values = known.map((row) => Float64Array.from(row, (cell, i) => cell ?? starts[i]!));
  const lacking = starts.map((_, i) => known.reduce((count, row) => count + Number(row[i] === null), 0));
  // Columns that lack nothing in training may do so later: they are learnt too, after the others, once.
  const order = starts.map((_, i) => i).sort((a, b) => lacking[a]! - lacking[b]! || a - b);
  const filled = order.filter((at) => lacking[at]! > 0);
  const largest = known.flat().reduce<number>((most, cell) => Math.max(most, Math.abs(cell ?? 0)), 0);
  const steps: Regression[] = [];
  for (let round = 0; round < rounds && filled.length > 0; round++) {
    let moved = 0;
    for (const at of filled) {
      const rows = values.filter((_, row) => known[row]![at] !== null);
      const step = { at, ...leastSquares(rows, at, ridge) };
      steps.push(step);
      known.forEach((row, nth) => {
        if (row[at] !== null) return;
        const own = values[nth]!;
        const value = predict(step, own, starts[at]!);
        moved = Math.max(moved, Math.abs(value - own[at]!));
        own[at] = value;
      });
    }
    if (moved <= TOLERANCE * largest) break;
  }
  for (const at of order) if (lacking[at] === 0) steps.push({ at, ...leastSquares(values, at, ridge) });
  return steps;
}

function predict({ at, intercept, weights }: Regression, row: Float64Array, otherwise: number): number {
  let value = intercept;
  for (let i = 0; i < row.length; i++) if (i !== at) value += weights[i]! * row[i]!;
  return Number.isFinite(value) ? value : otherwise;
}
