import { z } from 'zod';
import { pipeline, tune } from 'trainyard';
import { float } from 'trainyard/search';
import { make, score, step } from '../nodes/probe/index.js';

/** Slow enough that its code can be edited while it runs: two steps and a study of trials one after the other. */
export const slow = pipeline(
  'slow',
  { params: z.object({ salt: z.string(), ms: z.number() }) },
  async ({ salt, ms }) => {
    const from = make({ label: 'from', n: 1, salt, ms });
    const more = step({ label: 'more', from, salt, ms });
    const found = tune(
      score,
      { from: more },
      {
        space: { x: float(0, 1) },
        sampler: { name: 'random' },
        trials: 5,
        parallel: 1,
        objective: 'out.n',
        params: { label: 'trial', salt, ms },
      },
    );
    return step({ label: 'after', from: found.best, salt, ms });
  },
);
