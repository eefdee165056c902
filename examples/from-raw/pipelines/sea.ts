import { pipeline } from 'trainyard';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as features from 'trainyard/plugins/features';
import * as forecast from 'trainyard/plugins/forecast';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { z } from 'zod';

const params = z.object({
  iterations: z.number().int().min(1).default(100).describe('trees of each step ahead'),
  data: z.string().default('data/elnino.csv'),
});
const row = z.object({ month: z.date(), temperature: z.number() });
const label = 'temperature next';
const lags = Array.from({ length: 24 }, (_, lag) => (lag === 0 ? 'temperature now' : `temperature -${lag}`));

/** The temperature of the sea off Peru, half a year ahead: the newest fifth of the origins judges. */
export default pipeline('sea', { params, title: 'How warm the sea off Peru will be' }, async ({ iterations, data }) => {
  const table = ingest.csv({ source: data, row });
  const { windows, report } = forecast.windows({
    table,
    time: 'month',
    value: 'temperature',
    horizon: 6,
    lags: lags.length,
    season: 12,
  });
  // The last training labels would else lie within the first windows of the next part.
  const parts = split.time({ table: windows, time: 'month', gap: '184 days', validation: 0.15, test: 0.2 });
  const prep = features.fit({ table: parts.train, recipe: { pass: lags, label } });
  const scale = (await report).value?.scale ?? undefined;
  const common = { train: parts.train, validation: parts.validation, prep, label, season: 12, scale };
  const naive = train.naiveForecast(common);
  const trees = train.forecastTrees({
    ...common,
    quantiles: [0.1, 0.9],
    num_iterations: iterations,
    learning_rate: 0.05,
    num_leaves: 7,
  });
  const judged = evaluate.final({ model: trees.model, test: parts.test }, { reason: 'the forecast is finished' });
  const { mase, coverage } = (await judged).value!;
  return { mase, coverage, naive: (await naive.figures).value!.mase, validation: (await trees.figures).value!.mase };
});
