import {
  comparePaired,
  quantile,
  shortName,
  valueOn,
  type ClassificationSample,
  type Figure,
  type QuantilesSample,
  type RegressionSample,
  type Sample,
  type TaskFigures,
} from '@trainyard/metrics';
import { html, htmlPage, htmlTable, sayFigure } from '@trainyard/pages';
import type { z } from 'zod';
import { openModel, type Predictor } from '../../../models/index.js';
import { implement, type InputArtifact } from '../../../worker/index.js';
import { answersOf } from '../answers.js';
import { decidingFigure } from '../comparison.js';
import { between } from '../sections/index.js';
import { compare, type compareFigures } from './contract.js';

type Against = z.output<typeof compareFigures>['against'][number];

export const compareNode = implement(compare, async ({ params, inputs, ctx }) => {
  const baselines = inputs.baselines as readonly InputArtifact[];
  const given = [
    ...baselines.map((artifact, i) => ({ name: `baseline ${i + 1}`, artifact })),
    ...(inputs.champion ? [{ name: 'champion', artifact: inputs.champion as InputArtifact }] : []),
  ];
  const opened: Predictor[] = [];
  try {
    for (const artifact of [inputs.model, ...given.map((one) => one.artifact)]) opened.push(await openModel(artifact));
    const { scratch, signal } = ctx;
    const { task, samples, rows } = await answersOf({
      models: opened,
      table: inputs.table,
      port: 'table',
      scratch,
      signal,
    });
    const figure = decidingFigure(task, params.metric);
    const own = samples[0]!;
    const dummy = dummyOf(task, own, figure);
    const others = [
      ...given.map(({ name }, i) => ({ name, sample: samples[i + 1]! })),
      ...(dummy ? [{ name: 'dummy', sample: dummy }] : []),
    ];
    // All comparisons together keep to alpha (Bonferroni).
    const alpha = params.alpha / Math.max(1, others.length);
    const against = others.map(({ name, sample }, i): Against => {
      const how = { seed: ctx.seed, resamples: params.resamples, stream: 1 + i, alpha };
      const { difference, interval, mcnemar } = comparePaired(task, figure, [own, sample], how);
      return {
        name,
        value: valueOn(figure, sample),
        difference,
        interval: interval ? [interval[0], interval[1]] : null,
        onlyModel: mcnemar?.onlyFirst ?? null,
        onlyOther: mcnemar?.onlySecond ?? null,
        p: mcnemar?.p ?? null,
        verdict: !interval ? 'cannot tell' : interval[0] > 0 ? 'better' : interval[1] < 0 ? 'worse' : 'cannot tell',
      };
    });
    const value: z.output<typeof compareFigures> = {
      figure: shortName(figure.name),
      better: figure.better as 'larger',
      n: rows,
      value: valueOn(figure, own),
      against,
    };
    return {
      value,
      files: {
        'report.html': page(value, figure.title, params.alpha),
        'report.json': `${JSON.stringify({ ...value, params })}\n`,
      },
    };
  } finally {
    for (const model of opened) await model.dispose();
  }
});

/**
 * The best that a model could answer which looks at nothing, by these very rows and this figure: shares of classes, the best number,
 * quantiles. No real one can be better on them, so what does not beat it has learnt nothing that these rows show. None for other tasks.
 */
export function dummyOf({ type }: TaskFigures, sample: Sample, figure: Figure): Sample | undefined {
  if (type === 'classification') {
    const { truth, classes, units } = sample as ClassificationSample;
    const shares = new Float64Array(classes.length);
    truth.forEach((k) => (shares[k]! += 1 / units));
    const most = shares.indexOf(Math.max(...shares));
    const values = Float64Array.from({ length: units * classes.length }, (_, i) => shares[i % classes.length]!);
    const dummy: ClassificationSample = {
      units,
      classes,
      truth,
      predicted: new Int32Array(units).fill(most),
      probabilities: { values, classes: classes.length },
    };
    return dummy;
  }
  if (type === 'regression') {
    const { truth, units } = sample as RegressionSample;
    const all = constantsOf(truth).map((constant): RegressionSample => ({
      units,
      truth,
      predicted: new Float64Array(units).fill(constant),
    }));
    // Where a figure is not defined, any number serves.
    const turned = (one: Sample): number => (valueOn(figure, one) ?? NaN) * (figure.better === 'larger' ? -1 : 1);
    return all.reduce((best, one) => (turned(one) < turned(best) ? one : best));
  }
  if (type === 'quantiles') {
    const { truth, units, quantiles } = sample as QuantilesSample;
    const sorted = [...truth].sort((a, b) => a - b);
    const each = quantiles.map((q) => quantile(sorted, q));
    const predicted = Float64Array.from({ length: units * each.length }, (_, i) => each[i % each.length]!);
    return { units, truth, quantiles, predicted } as QuantilesSample;
  }
  return undefined;
}

/** Numbers that are best by some figure: the mean by squares, the median by sizes, weighted by 1 ÷ |truth| by percentages, and the middle of the shortest half by the median of sizes. */
function constantsOf(truth: Float64Array): number[] {
  const sorted = Float64Array.from(truth).sort();
  const n = sorted.length;
  const mean = truth.reduce((sum, one) => sum + one, 0) / n;
  const shortest = (rows: number): number => {
    let from = 0;
    for (let i = 0; i + rows <= n; i++)
      if (sorted[i + rows - 1]! - sorted[i]! < sorted[from + rows - 1]! - sorted[from]!) from = i;
    return (sorted[from]! + sorted[from + rows - 1]!) / 2;
  };
  const half = n >> 1;
  return [mean, quantile([...sorted], 0.5), weightedMedian(sorted), shortest(Math.max(1, half)), shortest(half + 1)];
}

/** The value up to which half of the weights 1 ÷ |value| lie. */
function weightedMedian(sorted: Float64Array): number {
  const weights = sorted.map((value) => (value === 0 ? 0 : 1 / Math.abs(value)));
  const whole = weights.reduce((sum, one) => sum + one, 0);
  let sum = 0;
  const at = weights.findIndex((weight) => (sum += weight) >= whole / 2);
  return sorted[Math.max(0, at)]!;
}

function page({ n, value, against }: z.output<typeof compareFigures>, title: string, alpha: number): string {
  return htmlPage(
    'Comparison',
    html`<p class="soft">
        ${n} rows, the same for all. ${title} of the model: ${sayFigure(value)}. Intervals of the difference come of
        draws of the same rows of both, and hold together with a chance of ${sayFigure(1 - alpha)}. The dummy looks at
        nothing and knows how often each answer is right on these rows, or the number that is best by this figure.
      </p>
      ${htmlTable(
        [
          'against',
          title,
          'difference',
          'interval',
          'only the model right',
          'only the other right',
          'p (McNemar)',
          'the model is',
        ],
        against.map((one) => [
          one.name,
          one.value,
          one.difference,
          between(one.interval ?? undefined),
          one.onlyModel ?? '–',
          one.onlyOther ?? '–',
          one.p === null ? '–' : sayFigure(one.p),
          one.verdict,
        ]),
      )}`,
  );
}
