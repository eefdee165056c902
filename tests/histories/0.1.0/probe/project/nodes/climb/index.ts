import { z } from 'zod';
import { json, node, table } from 'trainyard';

/** A training in small: step by step towards a height that `x` decides, reporting and saving as it goes. */
export const climb = node({
  name: 'climb.train',
  version: '1',
  retry: { attempts: 3, initialInterval: 50, maximumInterval: 50 },
  params: z.object({
    x: z.number().min(0).max(1),
    salt: z.string().default(''),
    steps: z.number().int().default(9),
    /** Milliseconds that a step takes. */
    ms: z.number().default(0),
    /** Below this x, steps after the first take a minute, whatever its study says meanwhile. */
    slowBelow: z.number().default(-1),
    /** Of cross-validation: each has noise of its own. */
    fold: z.number().int().default(0),
    /** From this x on it fails, or gives no number. */
    failsFrom: z.number().default(2),
    nullFrom: z.number().default(2),
  }),
  inputs: {},
  outputs: json(z.object({ score: z.number().nullable(), size: z.number(), steps: z.number() })),
  continuesOver: 'steps',
});

/** The same for a table of numbers, to be given as folds. */
export const part = node({
  name: 'climb.part',
  version: '1',
  params: z.object({ n: z.number() }),
  inputs: {},
  outputs: json(z.object({ n: z.number() })),
  light: true,
});

export const fitted = node({
  name: 'climb.fit',
  version: '1',
  params: z.object({ x: z.number(), salt: z.string().default('') }),
  inputs: { data: json(z.object({ n: z.number() })) },
  outputs: json(z.object({ score: z.number() })),
  light: true,
});

/** A table of the numbers from one to another, each its own identity. */
export const rows = node({
  name: 'climb.rows',
  version: '1',
  params: z.object({ from: z.number(), to: z.number() }),
  inputs: {},
  outputs: table,
});

/** A training on tables, in small. */
export const trained = node({
  name: 'climb.trained',
  version: '1',
  params: z.object({ x: z.number(), salt: z.string().default('') }),
  inputs: { train: table, validation: table },
  outputs: json(z.object({ score: z.number() })),
  light: true,
});
