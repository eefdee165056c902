import { pipeline, valueOf } from 'trainyard';
import * as clean from 'trainyard/plugins/clean';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { z } from 'zod';

const params = z.object({ minutes: z.number().positive().default(1).describe('what training may take') });
const target = 'Body Mass (g)';

/** Field notes as they came: what a penguin weighs, by the best model that some minutes give. Nobody chooses features or learners. */
export default pipeline(
  'best-mass',
  { params, title: 'Body mass of penguins, in some minutes' },
  async ({ minutes }) => {
    const raw = ingest.csv({ source: 'data/penguins-raw.csv' });
    const table = clean.table({ table: raw, rules: [{ rule: 'require', columns: [target] }] });
    // A bird was measured in several years: all its rows belong to one part, and to one fold.
    const group = 'Individual ID';
    const parts = split.random({ table, group, test: 0.2, validation: 0 });
    const found = train.best({ table: parts.train, target, minutes, group });
    const report = evaluate.final(
      { model: found.model, test: parts.test },
      { reason: 'the one measurement of the example' },
    );
    const { time } = await valueOf(found.leaderboard);
    return { model: found.model, spent: time.spent, budget: time.budget, report: await valueOf(report) };
  },
);
