import { boolean, categorical, conditional, float, int, ordinal, type Space } from '../space/index.js';

/** Spaces of every kind of parameter and shape, by what they are like. */
export const conformanceSpaces: Readonly<Record<string, Space>> = {
  'one float': { x: float(-1, 1) },
  'one value': { x: float(2, 2), n: int(3, 3), c: categorical(['only']) },
  'log and steps': {
    a: float(1e-6, 1e3, { log: true }),
    b: float(0, 1, { step: 0.1 }),
    n: int(1, 4096, { log: true }),
    m: int(0, 100, { step: 5 }),
  },
  choices: {
    c: categorical(['a', 'b', 'c', 'd']),
    o: ordinal([1, 2, 4, 8]),
    f: boolean(),
    mixed: categorical([1, 'one', true, null]),
  },
  nested: {
    rate: float(1e-5, 1e-1, { log: true }),
    model: conditional({
      svm: {
        C: float(1e-3, 1e3, { log: true }),
        kernel: conditional({ rbf: { gamma: float(1e-4, 10, { log: true }) }, linear: {} }),
      },
      forest: { trees: int(8, 512, { log: true }), depth: int(2, 20) },
      none: {},
    }),
  },
  'twelve floats': Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`x${i}`, float(0, 1)])),
};
