import { html, htmlPage, htmlTable } from '@trainyard/pages';
import { implement, type NodeContext } from '../../../worker/index.js';
import { forecastTrees as kind, type ForecastTreesSettings } from '../kinds/forecast-trees.js';
import { singleLabels } from '../trees/labels.js';
import { numberLoss } from '../trees/loss.js';
import { CheckpointBundle } from '../trees/quantiles.js';
import { grow, rowsFor, type GrownAndSaid } from '../trees/train.js';
import { writtenParts } from '../trees/written-parts.js';
import { writeTaskOutcome, type Trained } from '../training-result.js';
import { forecastTrees } from './contract.js';
import { labelCells, meanOf, naivePlaces, readSeriesSurroundings, type SeriesDataset } from './series.js';

/** A step ahead, and the quantile of it; without one it is the forecast. */
interface Part {
  readonly step: number;
  readonly quantile: number | null;
}

/** One model for each step and quantile, after another. A checkpoint holds where each has come to. */
export const forecastTreesNode = implement(forecastTrees, async ({ params, inputs, ctx }) => {
  const { label, season, scale, quantiles, difference } = params;
  const around = await readSeriesSurroundings(inputs, label, ctx.scratch, params.weight);
  const { train, validation } = around;
  const { horizon } = train;
  const levels = difference === 'naive' ? naivePlaces(around.transform, label, season, horizon) : undefined;
  const parts = [null, ...quantiles].flatMap((quantile) =>
    Array.from({ length: horizon }, (_, i): Part => ({ step: i + 1, quantile })),
  );
  const bundle = await CheckpointBundle.load(ctx, parts.length);
  const grown: GrownAndSaid[] = [];
  for (const [i, { step, quantile }] of parts.entries()) {
    const objective = quantile !== null ? 'quantile' : params.loss === 'squared' ? 'regression' : 'regression_l1';
    const rowsOf = (data: SeriesDataset, part: string) =>
      rowsFor(
        data,
        singleLabels({ ...data, labels: ofStep(data, step, levels?.[step - 1], meanOf(train)) }, label, part),
        data.weights && Float32Array.from(data.weights),
      );
    const of = quantile === null ? params : { ...params, quantile };
    grown.push(
      await grow(of, around, bundle.contextOf(i, params.num_iterations), {
        objective: { objective, alpha: quantile ?? undefined },
        outputs: 1,
        loss: numberLoss(objective, quantile ?? 0.5),
        train: rowsOf(train, 'train'),
        validation: validation && rowsOf(validation, 'validation'),
        followed: i + 1 < parts.length,
      }),
    );
  }
  const task = {
    type: 'forecasting' as const,
    label,
    horizon,
    scale,
    ...(quantiles.length > 0 ? { quantiles: [...quantiles] } : {}),
  };
  const { model, figures } = await writeTaskOutcome(
    trainedBy(params, parts, grown, levels, meanOf(train), ctx),
    task,
    around,
    labelCells,
  );
  return { model, figures, growth: reportOf(horizon, parts, grown) };
});

/** What is learned of a step: its values, or how they differ from a feature. */
function ofStep(
  { labels, features, rows, width, horizon }: SeriesDataset,
  step: number,
  level: number | undefined,
  fallback: number,
): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    const value = labels[row * horizon + step - 1]!;
    const taken = level === undefined ? 0 : features[row * width + level]!;
    return value - (Number.isNaN(taken) ? fallback : taken);
  });
}

function trainedBy(
  params: Readonly<Record<string, unknown>>,
  parts: readonly Part[],
  grown: readonly GrownAndSaid[],
  levels: readonly number[] | undefined,
  fallback: number,
  ctx: NodeContext,
): Trained {
  const names = parts.map(({ step, quantile }) => `trees-${step}${quantile === null ? '' : `-${quantile}`}.txt`);
  const { settings, files, libraries } = writtenParts(grown, names);
  const own: ForecastTreesSettings = { ...settings, ...(levels ? { levels: [...levels] } : {}), fallback };
  return {
    kind,
    settings: own as unknown as Trained['settings'],
    files,
    training: {
      node: forecastTrees.spec.name,
      version: forecastTrees.spec.version,
      params,
      seed: ctx.seed,
      bestIterations: grown.map(({ best }) => best),
    },
    libraries,
  };
}

function reportOf(horizon: number, parts: readonly Part[], grown: readonly GrownAndSaid[]) {
  const value = {
    horizon,
    parts: parts.map((part, i) => {
      const { history, best } = grown[i]!;
      const kept = history[best - 1];
      return {
        ...part,
        iterations: best,
        trainLoss: kept?.trainLoss ?? null,
        validationLoss: kept?.validationLoss ?? null,
      };
    }),
  };
  const table = htmlTable(
    ['step', 'quantile', 'iterations', 'training loss', 'validation loss'],
    value.parts.map((one) => [one.step, one.quantile ?? 'none', one.iterations, one.trainLoss, one.validationLoss]),
  );
  return {
    value,
    files: { 'report.html': htmlPage('Growth of trees', html`${table}`), 'report.json': `${JSON.stringify(value)}\n` },
  };
}
