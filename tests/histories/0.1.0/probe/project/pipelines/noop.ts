import { z } from 'zod';
import { map, pipeline } from 'trainyard';
import { isolated, light } from '../nodes/noop/index.js';

const params = z.object({ salt: z.string(), count: z.number().int(), light: z.boolean() });

/** Each node takes what the one before gave. */
export const chain = pipeline('noop-chain', { params }, async (p) => {
  const node = p.light ? light : isolated;
  let last = node({ salt: p.salt, index: 0 });
  for (let index = 1; index < p.count; index++) last = node({ salt: p.salt, index, from: last });
  return last;
});

/** All nodes side by side. */
export const many = pipeline('noop-map', { params }, async (p) => {
  const node = p.light ? light : isolated;
  const items = Array.from({ length: p.count }, (_, index) => index);
  const all = await map(items, (index) => node({ salt: p.salt, index }));
  return { total: all.reduce((sum, one) => sum + (one.value as { n: number }).n, 0) };
});
