import type { Json } from '../../../core/index.js';
import { featureNames } from '@trainyard/transforms';
import { implement } from '../../../worker/index.js';
import { inMemory } from '../feed/held.js';
import {
  arranged,
  forecastNet as kind,
  levelsOf,
  type Arrangement,
  type ForecastNetArchitecture,
} from '../kinds/forecast-net.js';
import type { LayeredArchitecture } from '../kinds/layered-net.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { untrainedArchitecture } from '../net/layered-untrained.js';
import { learnSeries, type SeriesRows } from '../net/tasks/series.js';
import { trainNet } from '../net/train.js';
import { layersOf, looksAtSteps } from '../presets/index.js';
import { writeTaskOutcome } from '../training-result.js';
import { arrange } from './arrangement.js';
import { forecastNet } from './contract.js';
import { labelCells, meanOf, naivePlaces, readSeriesSurroundings, type SeriesDataset } from './series.js';

export const forecastNetNode = implement(forecastNet, async ({ params, inputs, ctx }) => {
  const began = performance.now();
  const { label, season, scale, quantiles, difference, loss, delta } = params;
  const around = await readSeriesSurroundings(inputs, label, ctx.scratch, params.weight);
  const { horizon } = around.train;
  const value = label.endsWith(' next') ? label.slice(0, -' next'.length) : label;
  const takes = arrange(featureNames(around.transform), value, looksAtSteps(params.model), around.train);
  const added: Pick<ForecastNetArchitecture, 'levels' | 'fallback'> = {
    ...(difference === 'naive' && { levels: naivePlaces(around.transform, label, season, horizon) }),
    fallback: meanOf(around.train),
  };
  const learned = learnSeries(
    seriesRows(around.train, takes, added),
    around.validation && seriesRows(around.validation, takes, added),
    { horizon, quantiles, loss, delta, prior: difference === 'naive' ? 'the naive forecast' : 'the value 0' },
  );
  const { input } = takes;
  const net = untrainedArchitecture(
    { input, layers: layersOf(params.model, input) },
    learned,
    ctx.seed,
    (architecture: LayeredArchitecture, tensors) => {
      const whole: ForecastNetArchitecture = { takes, net: architecture, ...added };
      return { kind, ...tensorParts(whole as unknown as Json, tensors) };
    },
  );
  const trained = await trainNet({ spec: forecastNet.spec, params, learned, net, began }, ctx);
  const task = {
    type: 'forecasting' as const,
    label,
    horizon,
    scale,
    ...(quantiles.length > 0 ? { quantiles: [...quantiles] } : {}),
  };
  const { model, figures, answers } = await writeTaskOutcome(trained.trained, task, around, labelCells);
  trained.requireServed(answers);
  return { model, figures, curves: trained.curves };
});

/** Windows as the net takes them, with what is taken off their labels. */
function seriesRows(
  data: SeriesDataset,
  takes: Arrangement,
  added: Pick<ForecastNetArchitecture, 'levels' | 'fallback'>,
): SeriesRows {
  const { rows, width, horizon } = data;
  const features = arranged(takes, data.features, rows, width);
  return {
    ...data,
    width: takes.places.length,
    features: inMemory(features, rows, takes.places.length),
    levels: levelsOf(added, data.features, rows, width, horizon),
  };
}
