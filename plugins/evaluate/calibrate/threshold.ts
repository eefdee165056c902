import { UserError } from '@trainyard/errors';
import { bootstrap, quantile, type Probabilities } from '@trainyard/metrics';
import { randomFrom } from '@trainyard/numeric';
import type { z } from 'zod';
import type { Json } from '../../../core/index.js';
import { openModel } from '../../../models/index.js';
import { implement } from '../../../worker/index.js';
import { costMatrix } from '../costs.js';
import { classified } from './calibrate.js';
import { threshold, type thresholdFigures } from './contract.js';
import { thresholdPage } from './page.js';
import { rewrite } from './rewrite.js';

/** Rows of either class below which a threshold follows chance. */
const FEW = 20;

export const thresholdNode = implement(threshold, async ({ params, inputs, ctx }) => {
  const model = await openModel(inputs.model);
  try {
    const { truth, p, task, rows } = await classified(model, inputs.table, ctx);
    if (task.classes.length !== 2)
      throw new UserError(`a threshold is between two classes, and the model has ${task.classes.length}`, {
        where: { port: 'model' },
        expected: 'a classifier of two classes',
      });
    const costs = costMatrix(params.costs, task.classes);
    if (!(costs[1]! > costs[0]! && costs[2]! > costs[3]!))
      throw new UserError('no threshold is chosen by costs where a mistake costs no more than a right answer', {
        where: { field: 'costs' },
        expected: `costs of both mistakes: { ${task.classes[0]}: { ${task.classes[1]}: … }, ${task.classes[1]}: { ${task.classes[0]}: … } }`,
      });
    const sorted = sortRows(truth, p);
    const everyRow = Int32Array.from({ length: rows }, () => 1);
    const best = cheapest(sorted, costs, everyRow);
    const random = randomFrom(ctx.seed, 1);
    const drawn: number[] = [];
    for (let r = 0; r < params.resamples; r++) {
      const times = new Int32Array(rows);
      for (let i = 0; i < rows; i++) times[random.integer(rows)]!++;
      drawn.push(cheapest(sorted, costs, times).threshold);
    }
    drawn.sort((a, b) => a - b);
    const costOf = (row: number, at: number): number =>
      costs[truth[row]! * 2 + (p.values[row * 2 + 1]! >= at ? 1 : 0)]!;
    const meanCost = (at: number, of?: Int32Array): number => {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += costOf(of ? of[i]! : i, at);
      return sum / rows;
    };
    const costInterval = bootstrap(
      rows,
      (of) => meanCost(best.threshold, of),
      randomFrom(ctx.seed, 2),
      params.resamples,
    );
    const rare = Math.min(...[0, 1].map((k) => truth.filter((one) => one === k).length));
    const former = task.threshold ?? 0.5;
    const figures: z.output<typeof thresholdFigures> = {
      positive: task.classes[1]!,
      n: rows,
      threshold: best.threshold,
      expected: (costs[1]! - costs[0]!) / (costs[1]! - costs[0]! + (costs[2]! - costs[3]!)),
      interval: [quantile(drawn, 0.025), quantile(drawn, 0.975)],
      cost: meanCost(best.threshold),
      costInterval: costInterval ? [costInterval[0], costInterval[1]] : null,
      former: { threshold: former, cost: meanCost(former) },
      warnings: rare < FEW ? [`a class has ${rare} rows: a threshold chosen by fewer than ${FEW} follows chance`] : [],
    };
    return {
      model: await rewrite(inputs.model, model, {
        task: { ...task, threshold: best.threshold },
        metrics: {},
        training: { threshold: { costs: params.costs, rows, chosen: best.threshold } as unknown as Json },
      }),
      report: {
        value: figures,
        files: {
          'report.html': thresholdPage(figures, curveOf(meanCost)),
          'report.json': `${JSON.stringify({ ...figures, costs: params.costs, curve: curveOf(meanCost) })}\n`,
        },
      },
    };
  } finally {
    await model.dispose();
  }
});

/** Mean cost by threshold, for the drawing. */
function curveOf(meanCost: (at: number) => number): (readonly [number, number])[] {
  return Array.from({ length: 101 }, (_, i) => [i / 100, meanCost(i / 100)] as const);
}

interface SortedRows {
  /** Rows by falling probability of the second class, */
  readonly order: Int32Array;
  readonly score: (row: number) => number;
  readonly truth: Int32Array;
}

function sortRows(truth: Int32Array, p: Probabilities): SortedRows {
  const score = (row: number): number => p.values[row * 2 + 1]!;
  return { order: Int32Array.from(truth, (_, i) => i).sort((a, b) => score(b) - score(a)), score, truth };
}

/**
 * The threshold of the least cost: half way between the probabilities of the rows that it divides, of equals the one nearest to ½.
 * `times` says how often each row counts.
 */
export function cheapest(
  { order, score, truth }: SortedRows,
  costs: Float64Array,
  times: Int32Array,
): { readonly threshold: number; readonly cost: number } {
  let cost = 0;
  for (const row of order) cost += times[row]! * costs[truth[row]! * 2]!;
  // None is answered with the second class.
  let best = { threshold: 1, cost };
  let isBest = order.length === 0 || score(order[0]!) < 1;
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    cost += times[row]! * (costs[truth[row]! * 2 + 1]! - costs[truth[row]! * 2]!);
    const next = order[i + 1];
    if (next !== undefined && score(next) === score(row)) continue;
    const threshold = next === undefined ? 0 : (score(row) + score(next)) / 2;
    const isNearer = cost === best.cost && Math.abs(threshold - 0.5) < Math.abs(best.threshold - 0.5);
    if (!isBest || cost < best.cost || isNearer) best = { threshold, cost };
    isBest = true;
  }
  return best;
}
