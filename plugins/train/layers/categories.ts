import { z } from 'zod';
import { layerKind, units } from './layer.js';

/** Rows of the table before those of the codes: for what is no code, and for what is missing. */
const BEFORE = 2;
/** What the transform gives for a value that is missing, where it gives codes (`encode: 'ordinal'`). */
const MISSING = -2;

/**
 * A vector for each category of the columns that hold codes, behind the other numbers of the row (Guo and Berkhahn 2016). A code that
 * training did not keep has a vector of its own, and so has a missing one (−2). The first is learned as well: in training a share of the
 * codes, by chance, counts as unknown.
 */
export const categories = layerKind({
  name: 'categories',
  settings: z.strictObject({
    layer: z.literal('categories'),
    columns: z
      .array(z.strictObject({ at: z.number().int().min(0), codes: z.number().int().min(1).max(1_000_000) }))
      .min(1)
      .describe('places of the numbers of a row that are codes, and how many different codes each has'),
    units: units.default(8).describe('numbers of a vector'),
    unknown: z.number().min(0).max(0.5).default(0.02).describe('share of codes that count as unknown in training'),
  }),
  output: ({ columns, units: size }, input) => {
    const [width = 0] = input;
    const places = columns.map(({ at }) => at);
    if (input.length !== 1 || new Set(places).size < places.length || Math.max(...places) >= width)
      return `takes one axis with the columns ${places.join(', ')}, each once, and gets [${input.join(', ')}]`;
    return [width - columns.length + columns.length * size];
  },
  weights: ({ columns, units: size }) => [
    {
      name: 'vectors',
      shape: [columns.reduce((sum, { codes }) => sum + BEFORE + codes, 0), size],
      initial: 'uniform',
      penalised: false,
    },
  ],
  draws: ({ columns, unknown }) => (unknown === 0 ? [] : [{ width: columns.length }]),
  apply: (tf, { columns, units: size, unknown }, x, { input, weights: [vectors], draws }) => {
    const places = columns.map(({ at }) => at);
    const others = Array.from({ length: input[0]! }, (_, at) => at).filter((at) => !places.includes(at));
    const row = (numbers: readonly number[]) => tf.tensor2d(Float32Array.from(numbers), [1, columns.length]);
    const code = tf.gather(x, tf.tensor1d(places, 'int32'), 1);
    const known = code
      .greaterEqual(tf.scalar(0))
      .logicalAnd(code.less(row(columns.map(({ codes }) => codes))))
      .logicalAnd(code.equal(code.floor()));
    const missing = code.equal(tf.scalar(MISSING)).toFloat();
    let place = tf.where(known, code.add(tf.scalar(BEFORE)), missing);
    if (draws?.[0]) place = place.mul(draws[0].greaterEqual(tf.scalar(unknown)).toFloat());
    let from = 0;
    const begins = columns.map(({ codes }) => (from += BEFORE + codes) - BEFORE - codes);
    const taken = tf.gather(vectors!, place.add(row(begins)).flatten().toInt()).reshape([-1, columns.length * size]);
    return others.length === 0 ? taken : tf.concat([tf.gather(x, tf.tensor1d(others, 'int32'), 1), taken], 1);
  },
});
