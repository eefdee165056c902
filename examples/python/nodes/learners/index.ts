import { file, json, node, table } from 'trainyard';
import { z } from 'zod';

const figures = json(z.object({ accuracy: z.number().min(0).max(1), rows: z.number().int(), learner: z.string() }));
const data = { train: table, validation: table };
const shared = z.object({ label: z.string().min(1), features: z.array(z.string()).min(1) });

export const forest = node({
  name: 'learners.forest',
  version: '1',
  title: 'A random forest of scikit-learn',
  params: shared.extend({ trees: z.number().int().min(1).default(100) }),
  inputs: data,
  outputs: { figures, answers: table, model: file },
  seeded: true,
  resources: { cpu: 1, memory: '2GB' },
});

export const boosted = node({
  name: 'learners.boosted',
  version: '1',
  title: 'Boosted trees of XGBoost, with a checkpoint after every segment of rounds',
  params: shared.extend({
    rounds: z.number().int().min(1).default(60),
    segment: z.number().int().min(1).default(10).describe('rounds between two checkpoints'),
  }),
  inputs: data,
  outputs: { figures, answers: table, model: file },
  seeded: true,
  resources: { cpu: 1, memory: '2GB' },
});
