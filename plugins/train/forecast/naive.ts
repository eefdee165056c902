import { implement } from '../../../worker/index.js';
import { lagForecast } from '../kinds/lag-forecast.js';
import { writeTaskOutcome } from '../training-result.js';
import { naiveForecast } from './contract.js';
import { labelCells, meanOf, naivePlaces, readSeriesSurroundings } from './series.js';

export const naiveForecastNode = implement(naiveForecast, async ({ params, inputs, ctx }) => {
  const { label, season, scale } = params;
  const around = await readSeriesSurroundings(inputs, label, ctx.scratch);
  const { horizon, width } = around.train;
  const trained = {
    kind: lagForecast,
    settings: { width, places: naivePlaces(around.transform, label, season, horizon), fallback: meanOf(around.train) },
    files: {},
    training: { node: naiveForecast.spec.name, version: naiveForecast.spec.version, params },
    libraries: {},
  };
  const task = { type: 'forecasting' as const, label, horizon, scale };
  const { model, figures } = await writeTaskOutcome(trained, task, around, labelCells);
  return { model, figures };
});
