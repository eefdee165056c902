import { categorical, float, int } from 'ml-hyperparameter';
import { gate, pipeline, tune } from 'trainyard';
import * as deploy from 'trainyard/plugins/deploy';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as labels from 'trainyard/plugins/labels';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { z } from 'zod';
import { penguin } from './penguin.js';

const params = z.object({
  data: z.string().default('data/penguins.csv'),
  islands: z.array(z.string()).default(['Biscoe', 'Dream']),
  corrupt: z.number().min(0).max(0.2).default(0),
  trials: z.number().int().min(1).default(12),
  endpoint: z.string().default('penguins'),
});

const space = {
  layers: int(1, 2),
  units: int(4, 48, { log: true }),
  learningRate: float(1e-3, 3e-2, { log: true }),
  dropout: float(0, 0.4),
  activation: categorical(['relu', 'tanh']),
};

export default pipeline('penguins', { params, title: 'Species of a penguin from its measures' }, async (p) => {
  const raw = ingest.csv({ source: p.data, schema: penguin, where: { island: p.islands } });
  const doubtful = labels.corrupt({ table: raw, label: 'species', share: p.corrupt });
  const reviewed = labels.reviewed({
    table: doubtful.table,
    label: 'species',
    audit: 0.03,
    budget: 40,
    askAgain: false,
  });
  labels.mended({ table: reviewed.table, flipped: doubtful.flipped, queue: reviewed.queue });
  const parts = split.stratified({ table: reviewed.table, label: 'species', test: 0.2, validation: 0.2 });
  const prep = features.fit({
    table: parts.train,
    recipe: {
      numeric: ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'],
      categorical: ['island', 'sex'],
      label: 'species',
    },
  });
  const data = { train: parts.train, validation: parts.validation, prep };
  const tuned = tune(train.net, data, {
    space,
    trials: p.trials,
    objective: 'figures.f1.macro',
    params: { label: 'species', epochs: 40, patience: 8 },
  });
  const fitted = train.net({ ...data, ...((await tuned.params) as { label: string }), epochs: 150, patience: 20 });
  const report = evaluate.final({ model: fitted.model, test: parts.test, slices: ['island'] });
  if (!(await gate(report, (figures) => figures.f1.macro >= 0.9, 'f1.macro ≥ 0.9'))) return { deployed: false };
  const serving = await deploy.current({ name: p.endpoint });
  return deploy.endpoint({
    model: fitted.model,
    evidence: report,
    name: p.endpoint,
    expected: serving.value?.version ?? null,
  });
});
