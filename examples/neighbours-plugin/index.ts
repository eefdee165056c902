import { modelOf, node, table, transform } from 'trainyard';
import { z } from 'zod';

export const trainNeighbours = node({
  name: 'neighbours.train',
  version: '1',
  title: 'Predicts the mean of the nearest training rows',
  params: z.object({ label: z.string().min(1), k: z.number().int().min(1).default(3) }),
  inputs: { train: table, prep: transform },
  outputs: modelOf('regression'),
});
