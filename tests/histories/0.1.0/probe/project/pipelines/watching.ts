import { z } from 'zod';
import { pipeline } from 'trainyard';
import { make } from '../nodes/probe/index.js';

export const watching = pipeline(
  'watching',
  { params: z.object({ salt: z.string().default('w') }), trigger: { source: 'data/*.csv', every: '1 second' } },
  ({ salt }) => make({ label: 'seen', n: 1, salt }),
);
