import { finite, id, type Column } from '@trainyard/tables/sql';
import { z } from 'zod';
import { limitsOf, momentsOf, quantilesWithin } from '../numbers.js';
import { allMissing, holdsNumbers, requireNumbers } from '../refusals.js';
import { shape, shapeNamed } from '../shapes/index.js';
import { featureKind } from './contract.js';

const schema = z.strictObject({
  column: z.string(),
  fill: z
    .union([z.enum(['median', 'mean']), z.number()])
    .default('median')
    .describe('what stands in for a missing value: a statistic of the training part, or a number'),
  shape: shape
    .default({ by: 'none' })
    .describe('first: a logarithm, a power (Box-Cox, Yeo-Johnson); or quantiles or bins, which need no scale'),
  scale: z
    .enum(['standard', 'min-max', 'robust', 'none'])
    .default('standard')
    .describe('mean 0 and deviation 1; 0 to 1; median 0 and quartile range 1; as it is'),
  indicator: z.boolean().default(false).describe('a second feature that is 1 where the value was missing'),
  clip: z.number().positive().default(1e6).describe('largest absolute value given, after scaling'),
});

/** Columns of numbers: filled, shaped, scaled. */
export const numeric = featureKind({
  list: 'numeric',
  schema,
  sole: true,
  takes: (type) => holdsNumbers({ type }),
  needsLabel: ({ shape: given }) => shapeNamed(given.by).needsLabel?.(given) ?? false,
  check: (_, column) => requireNumbers(column, 'numeric'),
  async fit(spec, { name }: Column, lesson) {
    const [x, alone] = [finite(id(name)), await lesson.alone(name)];
    const [limits, { mean }, [median = 0]] = await Promise.all([
      limitsOf(alone, x),
      momentsOf(alone, x),
      quantilesWithin(alone, x, [0.5]),
    ]);
    if (limits.present === 0) throw allMissing(name);
    const fill = typeof spec.fill === 'number' ? spec.fill : { median, mean }[spec.fill];
    const given = { lesson, alone, spec, x, limits, fill, median, mean };
    const { step, how, learnt } = await shapeNamed(spec.shape.by).fit(spec.shape, given);
    return {
      steps: [step],
      how,
      learnt,
      missing: limits.missing,
      ifMissing: `${typeof spec.fill === 'number' ? 'the number' : `the ${spec.fill}`} ${Number(fill.toPrecision(6))}${spec.indicator ? ', and a feature says so' : ''}`,
      ifUnknown: 'any number is taken',
    };
  },
});
