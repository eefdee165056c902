import { z } from 'zod';
import { optimism } from './state.js';

/** The figures of a study's report. */
export const tuneFigures = z.object({
  /** The chosen trial's value of the first objective. */
  best: z.number(),
  /** All its values by objective. */
  values: z.record(z.string(), z.number()),
  trial: z.number().int(),
  trials: z.number().int(),
  failed: z.number().int(),
  pruned: z.number().int(),
  params: z.record(z.string(), z.unknown()),
  /** How much of the best value is likely luck; null where nothing tells. */
  optimism: optimism.nullable(),
  /** Mean over outer folds of what a search anew came to on what was held back from it; null where it was not asked for. */
  nested: z.object({ value: z.number(), spread: z.number(), folds: z.number().int() }).nullable(),
});

export type TuneFigures = z.output<typeof tuneFigures>;
