import type { Tensor2D } from '@tensorflow/tfjs-core';
import { calibrate, CALIBRATION_CLIP, type Calibrator } from '@trainyard/metrics';
import { z } from 'zod';
import { kindOnHand, modelKind, type OpenedModel, type Portable, type Scorer } from '../../../models/index.js';

type Tensorflow = Parameters<NonNullable<Portable['operations']>>[0];

const rising = z
  .object({ x: z.array(z.number()).min(1), y: z.array(z.number().min(0).max(1)).min(1) })
  .refine(({ x, y }) => x.length === y.length && x.every((at, i) => i === 0 || at > x[i - 1]!), 'rising points');

const calibrator = z.discriminatedUnion('method', [
  z.object({ method: z.literal('temperature'), temperature: z.number().positive() }),
  z.object({
    method: z.literal('platt'),
    curves: z.array(z.object({ slope: z.number(), intercept: z.number() })).min(1),
  }),
  z.object({ method: z.literal('isotonic'), curves: z.array(rising).min(1) }),
]);

/** The model that is mended, and how. Its files stand under their own names. */
export const calibratedSettings = z.object({ kind: z.string(), settings: z.json(), calibrator });
type Settings = z.output<typeof calibratedSettings>;

/** Opens the model inside. */
export async function openInside({
  settings: { kind: name, settings },
  ...model
}: OpenedModel<Omit<Settings, 'calibrator'>>) {
  const kind = await kindOnHand(name);
  const inside: OpenedModel<unknown> = { ...model, settings: kind.settings.parse(settings) };
  return { kind, inside };
}

/** A classifier of another kind whose probabilities are mended. */
export const calibrated = modelKind({
  name: 'calibrated',
  title: 'A classifier of another kind with mended probabilities',
  tasks: ['classification'],
  settings: calibratedSettings,
  missing: true,
  async open(model): Promise<Scorer> {
    const { kind, inside } = await openInside(model);
    const scorer = await kind.open(inside);
    const mended = (given: Float64Array): Float64Array => {
      calibrate(model.settings.calibrator as Calibrator, given, scorer.outputs);
      return given;
    };
    const rest = scorer.dispose ? { dispose: () => scorer.dispose!() } : {};
    const { outputs } = scorer;
    return scorer.takes === 'rows'
      ? { takes: 'rows', outputs, ...rest, score: async (rows) => mended(await scorer.score(rows)) }
      : {
          takes: 'features',
          width: scorer.width,
          outputs,
          ...rest,
          score: async (features, rows) => mended(await scorer.score(features, rows)),
        };
  },
  async portable(model) {
    const { kind, inside } = await openInside(model);
    const base = await kind.portable?.(inside);
    const own = model.settings.calibrator as Calibrator;
    if (!base) return undefined;
    const { width, categories, fills, operations, trees, texts } = base;
    const outputs = model.task.type === 'classification' ? model.task.classes.length : 1;
    const answers = (given: Float64Array): Float64Array => {
      calibrate(own, given, outputs);
      return given;
    };
    return {
      width,
      categories,
      fills,
      // Steps have no counterpart among operations that stays exact in single precision.
      ...(own.method === 'isotonic'
        ? {}
        : {
            ...(operations && {
              operations: (tf: Tensorflow, features: Tensor2D) => mendedBy(tf, own, operations(tf, features), outputs),
            }),
            ...(trees && {
              trees: {
                ...trees,
                answers: (tf: Tensorflow, scores: Tensor2D) => mendedBy(tf, own, trees.answers(tf, scores), outputs),
              },
            }),
          }),
      ...(texts && {
        texts: Object.fromEntries(
          Object.entries(texts).map(([tool, text]) => [
            tool,
            {
              ...text,
              gives: `${text.gives}, before it is calibrated`,
              answers: (given: readonly Float64Array[], rows: number) => answers(text.answers(given, rows)),
            },
          ]),
        ),
      }),
    };
  },
});

/** The same as operations of TensorFlow.js. */
function mendedBy(
  tf: Tensorflow,
  own: Exclude<Calibrator, { method: 'isotonic' }>,
  p: Tensor2D,
  outputs: number,
): Tensor2D {
  const clip = (values: Tensor2D): Tensor2D =>
    values.maximum<Tensor2D>(tf.scalar(CALIBRATION_CLIP)).minimum<Tensor2D>(tf.scalar(1 - CALIBRATION_CLIP));
  if (own.method === 'temperature') {
    const logs = times(tf, clip(p).log(), [1 / own.temperature]);
    const powers = logs.sub<Tensor2D>(logs.max(1, true)).exp();
    return powers.div(powers.sum(1, true));
  }
  const slopes = own.curves.map(({ slope }) => slope);
  const intercepts = own.curves.map(({ intercept }) => intercept);
  const bent = (odds: Tensor2D): Tensor2D =>
    times(tf, odds, slopes)
      .add<Tensor2D>(times(tf, odds.zerosLike().add<Tensor2D>(tf.scalar(1)), intercepts))
      .sigmoid();
  if (outputs === 2) {
    // Each probability by itself: 1 − p of the other would lose its last digits in single precision.
    const [first, second] = [p.slice([0, 0], [-1, 1]), p.slice([0, 1], [-1, 1])] as [Tensor2D, Tensor2D];
    const mended = bent(clip(second).log().sub<Tensor2D>(clip(first).log()));
    return tf.concat([tf.scalar(1).sub<Tensor2D>(mended), mended], 1);
  }
  const each = clip(p);
  const mended = bent(each.log().sub<Tensor2D>(tf.scalar(1).sub<Tensor2D>(each).log()));
  return mended.div(mended.sum(1, true));
}

/** Times a number for each column, each given as the sum of two of single precision: in double precision nothing of it is lost. */
function times(tf: Tensorflow, values: Tensor2D, by: readonly number[]): Tensor2D {
  const rounded = by.map(Math.fround);
  const rest = by.map((one, i) => Math.fround(one - rounded[i]!));
  return values.mul<Tensor2D>(tf.tensor2d([rounded])).add(values.mul<Tensor2D>(tf.tensor2d([rest])));
}
