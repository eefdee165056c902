import { gate, pipeline, refTo, table, tune } from 'trainyard';
import * as balance from 'trainyard/plugins/balance';
import * as check from 'trainyard/plugins/check';
import * as clean from 'trainyard/plugins/clean';
import * as deploy from 'trainyard/plugins/deploy';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as explore from 'trainyard/plugins/explore';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as labels from 'trainyard/plugins/labels';
import * as monitor from 'trainyard/plugins/monitor';
import * as split from 'trainyard/plugins/split';
import * as task from 'trainyard/plugins/task';
import * as train from 'trainyard/plugins/train';
import { categorical, float, int } from 'trainyard/search';
import { z } from 'zod';
import * as flaws from '../nodes/flaws/index.js';
import { penguin, penguins } from './penguin.js';

const params = z.object({
  data: z.string().default('data/penguins.csv').describe('the CSV file, relative to the project'),
  islands: z.array(z.string()).default(['Biscoe', 'Dream']).describe('islands whose birds are known from the start'),
  corrupt: z.number().min(0).max(0.2).default(0).describe('for demonstrations: share of labels made wrong beforehand'),
  trials: z.number().int().min(1).default(12).describe('configurations tried'),
  endpoint: z.string().default('penguins').describe('name under which the model is served'),
  window: z.number().int().min(20).default(40).describe('requests that the monitor compares at a time'),
  retrainings: z.number().int().min(1).default(4).describe('most retrainings within 30 days'),
  fresh: refTo(table).optional().describe('labelled rows from service, given by the monitor when it retrains'),
});

const space = {
  layers: int(1, 2),
  units: int(4, 48, { log: true }),
  learningRate: float(1e-3, 3e-2, { log: true }),
  dropout: float(0, 0.4),
  activation: categorical(['relu', 'tanh']),
};

const guideline =
  'Adelie: short bill. Chinstrap: long bill, light, on Dream. Gentoo: heavy, long flippers, shallow bill.';

export default pipeline('penguins', { params, title: 'Species of a penguin from its measures' }, async (p) => {
  const { fresh, ...given } = p;
  const card = await task.card({
    kind: 'multi-class',
    goal: 'Tell the species of a penguin from what a field biologist measures',
    target: 'species',
    metric: { name: 'f1.macro', direction: 'maximize', threshold: 0.9 },
    scope: 'adult birds of the Palmer Archipelago with a body mass on record',
    budget: { minutes: 10, trials: p.trials },
    affected: 'biologists who count breeding pairs by species',
  });
  const raw = ingest.csv({ source: p.data, schema: penguin, where: { island: p.islands } });
  const tidy = clean.table({
    table: raw,
    rules: [
      { rule: 'require', columns: ['species', 'body_mass_g'] },
      { rule: 'drop', columns: ['year'] },
    ],
  });
  check.table({ table: tidy, contract: penguins });
  task.feasibility({ card, table: tidy, test: 0.2 });
  explore.profile({ table: tidy, label: 'species', title: 'Penguins, cleaned' });
  balance.representation({ table: tidy, groups: ['island', 'sex'], label: 'species', smallest: 10 });
  const doubtful = flaws.corrupt({ table: tidy, label: 'species', share: p.corrupt });
  const reviewed = labels.reviewed({ table: doubtful.table, label: 'species', audit: 0.03, budget: 40, guideline });
  flaws.mended({ table: reviewed.table, flipped: doubtful.flipped, queue: reviewed.queue });
  const parts = split.stratified({ table: reviewed.table, label: 'species', test: 0.2, validation: 0.2 });

  // Few of the rows from service join the training part: the others, which no model sees, decide between old and new.
  const served = fresh && split.random({ table: fresh, validation: 0.8, test: 0.02 });
  if (fresh)
    explore.compare({
      reference: parts.train,
      table: fresh,
      names: ['training', 'service'],
      label: 'species',
      title: 'Birds in service beside those in training',
    });
  const known = served ? clean.concat({ tables: [parts.train, served.train] }) : parts.train;

  // What stands in for a sex that nobody noted is learnt from the training part, and travels with the model.
  const cleaning = clean.fit({
    train: known,
    rules: [{ rule: 'impute', columns: ['sex'], by: 'mode', group: ['island'] }],
  });
  const training = clean.apply({ table: known, cleaning }).table;
  const prep = features.fit({
    table: training,
    recipe: {
      numeric: ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'],
      categorical: ['island', 'sex'],
      label: 'species',
    },
  });
  const data = { train: training, validation: parts.validation, prep };
  const shared = { label: 'species', epochs: 40, patience: 8 };
  const tuned = tune(train.net, data, { space, trials: p.trials, objective: 'figures.f1.macro', params: shared });
  const fitted = train.net({ ...data, ...shared, ...(await tuned.params), epochs: 150, patience: 20 });

  const serving = (await deploy.current({ name: p.endpoint })).value;
  if (serving?.model && served) {
    const { report: duel } = await evaluate.duel({
      challenger: fitted.model,
      champion: serving.model,
      fresh: served.validation,
      test: parts.test,
      rule: 'not worse',
      // Some thirty fresh rows, and some sixty sealed ones, cannot show less: with one mistake more, the interval reaches far below.
      margin: 0.1,
      reason: 'the fresh rows leave open whether the new model may serve',
    });
    if (!(await gate(duel, ({ verdict }) => verdict === 'promote', 'challenger against champion')))
      return { deployed: false, why: (await duel).value?.reasons.join('; ') };
  }
  // What is about to serve opens the sealed test set, and nothing before it does but a duel that fresh rows leave open.
  const report = evaluate.final(
    { model: fitted.model, test: parts.test, slices: ['island'] },
    { reason: 'each model is measured once before it serves' },
  );
  const { threshold = 0.9 } = card.value?.metric ?? {};
  const enough = await gate(report, (figures) => figures.f1.macro, { atLeast: threshold });
  if (!enough) return { deployed: false, why: `f1.macro is below the ${threshold} of the task card` };
  const deployed = deploy.endpoint({
    model: fitted.model,
    evidence: report,
    name: p.endpoint,
    expected: serving?.version ?? null,
  });
  await deployed;
  monitor.endpoint({
    name: p.endpoint,
    model: fitted.model,
    reference: known,
    window: p.window,
    retrain: { pipeline: 'penguins', params: given, leastLabelled: 30, cooldown: 0, most: p.retrainings },
  });
  return deployed;
});
