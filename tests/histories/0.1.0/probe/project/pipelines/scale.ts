import { z } from 'zod';
import { map, pipeline, valueOf } from 'trainyard';
import { counted, numbers } from '../nodes/noop/index.js';

type Num = ReturnType<typeof counted>;

const NONE: readonly Num[] = [];

const params = z.object({ salt: z.string(), count: z.number().int() });

/** A list that is data, one call for each of its items, and one that takes them all. */
export const wide = pipeline('wide', { params }, async (p) => {
  const { items } = await valueOf(numbers({ salt: p.salt, count: p.count }));
  const all = await map(items, (index) => counted({ salt: p.salt, index, all: NONE }));
  return counted({ salt: p.salt, index: p.count, all });
});

/** The same without its end: what the pipeline gives is as long as the map. */
export const open = pipeline('wide-open', { params }, (p) =>
  map(
    Array.from({ length: p.count }, (_, index) => index),
    (index) => counted({ salt: p.salt, index, all: NONE }),
  ),
);

const WIDTH = 20;

/** Layers of twenty calls; each takes two of the layer before, so that the paths cross everywhere. */
export const layers = pipeline('layers', { params }, (p) => {
  const made: Num[] = [];
  for (let index = 0; index < p.count; index++) {
    const layer = Math.floor(index / WIDTH);
    const before = (shift: number) => made[(layer - 1) * WIDTH + ((index * 7 + shift) % WIDTH)];
    const all = layer === 0 ? NONE : [before(0), before(layer)].filter((one) => one !== undefined);
    made.push(counted({ salt: p.salt, index, all }));
  }
  return counted({ salt: p.salt, index: p.count, all: made.slice(-WIDTH) });
});
