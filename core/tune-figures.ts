import { z } from 'zod';

/** The figures of a study's report. */
export const tuneFigures = z.object({
  best: z.number(),
  trial: z.number().int(),
  trials: z.number().int(),
  failed: z.number().int(),
  params: z.record(z.string(), z.unknown()),
});

export type TuneFigures = z.output<typeof tuneFigures>;
