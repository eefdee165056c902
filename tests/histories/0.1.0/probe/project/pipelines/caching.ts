import { z } from 'zod';
import { pipeline } from 'trainyard';
import { effect, join, list, make, measure, step } from '../nodes/probe/index.js';

/** Two arms that meet, so that a change in one leaves the other alone. */
export const arms = pipeline(
  'arms',
  {
    params: z.object({
      salt: z.string(),
      left: z.number().default(1),
      right: z.number().default(2),
      ms: z.number().default(0),
    }),
  },
  ({ salt, left, right, ms }) => {
    const l = step({ label: 'left step', from: make({ label: 'left', n: left, salt, ms }), salt, ms });
    const r = step({ label: 'right step', from: make({ label: 'right', n: right, salt, ms }), salt, ms });
    const all = join({ label: 'all', all: [l, r], salt });
    return { end: step({ label: 'end', from: all, salt }), aside: step({ label: 'aside', from: r, salt }) };
  },
);

/** A value too large to travel, which a node must read from the store. */
export const large = pipeline('large', { params: z.object({ salt: z.string(), by: z.number() }) }, ({ salt, by }) =>
  measure({ label: 'measure', list: list({ label: 'list', length: 20_000, salt }), by, salt }),
);

/** Effects beside work: each once for each lineage of runs. */
export const effects = pipeline(
  'effects',
  { params: z.object({ salt: z.string(), count: z.number().int() }) },
  async ({ salt, count }) => {
    const done = Array.from({ length: count }, (_, index) =>
      effect({ label: `effect ${index}`, from: make({ label: `make ${index}`, n: index, salt, ms: 20 }), salt }),
    );
    return join({ label: 'all', all: done, salt });
  },
);

/** Chains side by side of nodes in the pool, three events each: long enough, the run must continue as new. */
export const long = pipeline(
  'long',
  { params: z.object({ salt: z.string(), chains: z.number().int(), length: z.number().int() }) },
  async ({ salt, chains, length }) => {
    const ends = Array.from({ length: chains }, (_, chain) => {
      let last = make({ label: `${chain} 0`, n: chain, salt });
      for (let index = 1; index < length; index++)
        last = step({ label: `${chain} ${index}`, from: last, add: (index * 7) % 5, salt });
      return last;
    });
    return join({ label: 'all', all: ends, salt });
  },
);
