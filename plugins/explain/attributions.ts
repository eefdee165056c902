import { UserError } from '@trainyard/errors';
import { randomFrom } from '@trainyard/numeric';
import { ROW_ID, sql, withDatabase, writeTable } from '@trainyard/tables';
import { applyTransformToRows, featureNames } from '@trainyard/transforms';
import { openModel, rowsOfTable, type Predictor } from '../../models/index.js';
import { implement } from '../../worker/index.js';
import { attributions } from './contract.js';
import type { Explained } from './explained.js';
import { shapPage } from './page.js';
import { insertValues, joined, summaryOf } from './shap.js';
import {
  ALL_COALITIONS,
  integratedGradients,
  kernelShap,
  linearShap,
  occlusion,
  type Answer,
  type Contributions,
  type Explaining,
} from './shapley.js';

/** How far sums may lie from scores, in units of the larger of the score and 1: kernel and linear values are exact but for rounding. */
const TOLERANCE = 1e-6;

export const attributionsNode = implement(attributions, async ({ params, inputs, ctx }) => {
  const model = await openModel(inputs.model);
  try {
    const { method } = params;
    const { transform, scoreFeatures } = model;
    if (!transform || !scoreFeatures)
      throw new UserError(
        `models of the kind "${model.card.kind}" take rows, which have no features to be known or not`,
        {
          where: { port: 'model' },
          expected: 'a model with a transform',
          remedy: 'explain.permutation and explain.partial take any model',
        },
      );
    const { scratch, signal } = ctx;
    const at = { scratch, signal };
    const explained = await rowsOfTable(model, inputs.table, { port: 'table', most: params.rows, ...at });
    const behind = inputs.background
      ? await rowsOfTable(model, inputs.background, { port: 'background', most: params.behind, ...at })
      : await rowsOfTable(model, inputs.table, { port: 'table', most: params.behind, ...at });
    const names = featureNames(transform);
    const values = applyTransformToRows(transform, explained.rows);
    const { answer, scores, says } = scored(model, method === 'linear');
    const explaining: Explaining = {
      answer,
      width: names.length,
      outputs: scores.length,
      background: applyTransformToRows(transform, behind.rows),
    };
    refuseMissing(method, [...explaining.background, ...values]);
    const linear = method === 'linear' ? await linearShap(explaining) : undefined;
    const random = randomFrom(ctx.seed, 1);
    const parts: Contributions[] = [];
    for (let row = 0; row < explained.rows.length; row++) {
      signal.throwIfAborted();
      const own = values.slice(row * names.length, (row + 1) * names.length);
      parts.push(
        linear
          ? linear(own)
          : method === 'kernel'
            ? await kernelShap(explaining, own, params.samples, random)
            : method === 'occlusion'
              ? await occlusion(explaining, own)
              : await integratedGradients(explaining, own, params.steps),
      );
      ctx.progress((row + 1) / explained.rows.length);
    }
    const all: Explained = {
      scores,
      features: names,
      rows: explained.rows.length,
      values,
      contributions: joined(parts),
    };
    const given = await answer(values, all.rows);
    const gap = method === 'occlusion' ? null : largestGap(all, given);
    if (gap !== null && !(gap <= TOLERANCE) && method !== 'integrated gradients')
      throw new UserError(
        method === 'linear'
          ? 'the answers of this model are not linear in its features'
          : 'contributions do not sum to the answers of the model',
        { where: { field: 'method' }, actual: `they are off by ${gap}`, remedy: "take method: 'kernel'" },
      );
    const value = {
      ...summaryOf(all, says, gap ?? 0),
      largestGap: gap,
      method,
      mode: modeOf(method, names.length, behind.rows.length, params),
      background: behind.rows.length,
    };
    const identity = explained.rows.map((row, i) => String(row[ROW_ID] ?? i));
    return await withDatabase(at, async (database) => {
      await insertValues(database, all, identity);
      return {
        values: await writeTable(database, sql`FROM shap`, scratch, 'values', { rules: [] }),
        summary: {
          value,
          files: {
            'report.html': shapPage(value, all, params.drawn, value.mode),
            'report.json': `${JSON.stringify(value)}\n`,
          },
        },
      };
    });
  } finally {
    await model.dispose();
  }
});

function modeOf(
  method: string,
  features: number,
  rows: number,
  { samples, steps }: { samples: number; steps: number },
): string {
  const behind = `features that are not known are those of ${rows} rows of the background, one after the other, whatever the others are (interventional)`;
  if (method === 'kernel')
    return features <= ALL_COALITIONS
      ? `Kernel SHAP over all ${2 ** features} coalitions: ${behind}.`
      : `Kernel SHAP over ${samples} coalitions drawn: ${behind}. They sum to the answer by construction; how near each is, only more coalitions tell.`;
  if (method === 'linear') return `Linear SHAP: ${behind}; for a linear model that is slope × distance from the mean.`;
  if (method === 'occlusion')
    return `Occlusion: one feature at a time is not known; ${behind}. They do not sum to the answer.`;
  return `Integrated gradients in ${steps} steps from the mean of ${rows} rows of the background.`;
}

/** What is explained: answers; for linear models of classes log odds, against the first of two, else against the mean of all. */
function scored(model: Predictor, logs: boolean): { answer: Answer; scores: string[]; says: string } {
  const names = [...model.outputs];
  const ask: Answer = (features, rows) => model.scoreFeatures!(features, rows);
  if (model.card.task.type !== 'classification') return { answer: ask, scores: names, says: 'answers of the model' };
  if (!logs)
    return names.length === 2
      ? {
          answer: async (features, rows) => (await ask(features, rows)).filter((_, i) => i % 2 === 1),
          scores: [names[1]!],
          says: 'probabilities',
        }
      : { answer: ask, scores: names, says: 'probabilities' };
  const classes = names.length;
  return {
    scores: classes === 2 ? [names[1]!] : names,
    says: classes === 2 ? 'log odds' : 'logarithms of probabilities, less their mean over the classes',
    answer: async (features, rows) => {
      const p = (await ask(features, rows)).map((value) => Math.log(Math.max(value, Number.MIN_VALUE)));
      if (classes === 2) return Float64Array.from({ length: rows }, (_, row) => p[row * 2 + 1]! - p[row * 2]!);
      for (let row = 0; row < rows; row++) {
        const own = p.subarray(row * classes, (row + 1) * classes);
        const mean = own.reduce((sum, one) => sum + one, 0) / classes;
        own.forEach((one, k) => (own[k] = one - mean));
      }
      return p;
    },
  };
}

function refuseMissing(method: string, values: readonly number[]): void {
  if (method !== 'linear' && method !== 'integrated gradients') return;
  if (values.every((value) => Number.isFinite(value))) return;
  throw new UserError(`${method} takes no missing features`, {
    where: { field: 'method' },
    remedy: "take method: 'kernel'",
  });
}

function largestGap({ scores, features, rows, contributions }: Explained, given: Float64Array): number {
  const width = features.length + 1;
  let largest = 0;
  for (let i = 0; i < rows * scores.length; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += contributions[i * width + j]!;
    largest = Math.max(largest, Math.abs(sum - given[i]!) / Math.max(1, Math.abs(given[i]!)));
  }
  return largest;
}
