import { z } from 'zod';
import { momentsOf } from '../numbers.js';
import { best, bounds } from './best.js';
import { selectorOf } from './contract.js';

/** What hardly varies goes: the variance of the population. */
export const variance = selectorOf({
  schema: z.strictObject({ by: z.literal('variance'), ...bounds, above: bounds.above.unwrap().default(0) }),
  needsLabel: false,
  async select(given, features, { lesson, x }) {
    const moments = await Promise.all(features.map((feature) => momentsOf(lesson, x(feature))));
    return best(
      moments.map(({ deviation }) => ({ score: deviation ** 2 })),
      given,
    );
  },
});
