import { gate, pipeline } from 'trainyard';
import * as clean from 'trainyard/plugins/clean';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import { z } from 'zod';
import { boosted, forest } from '../nodes/learners/index.js';

const label = 'species';
const features = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'];

export const species = pipeline(
  'species',
  {
    title: 'Two learners in Python beside each other, on tables that nodes in TypeScript have made',
    params: z.object({ data: z.string().default('../penguins/data/penguins.csv').describe('the CSV file') }),
  },
  async ({ data }) => {
    const raw = ingest.csv({ source: data });
    const birds = clean.table({ table: raw, rules: [{ rule: 'require', columns: [label] }] });
    const { train, validation } = split.stratified({ table: birds, label, test: 0.2, validation: 0.2 });
    const both = [forest({ train, validation, label, features }), boosted({ train, validation, label, features })];
    const found = await Promise.all(both.map(async (one) => (await one.figures).value!));
    const models = await Promise.all(both.map(async (one) => (await one.model).digest));
    const best = found.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
    return {
      found,
      models,
      best: best.learner,
      good: await gate(both[0]!.figures, (of) => of.accuracy >= 0.9, 'accuracy ≥ 0.9'),
    };
  },
);
