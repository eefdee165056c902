import type { GradSaveFunc, Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Tensorflow } from '../../kit/tensorflow.js';

/** Shape of what one row has between layers, such as `[height, width, channels]`. */
export type Shape = readonly number[];

/** Weights of a layer, and what they start at. */
export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  /** glorot: uniform within ±√(6 / (in + out)) of the fans (Glorot and Bengio 2010); uniform: within ±0.05. */
  readonly initial: 'glorot' | 'uniform' | 'zeros' | 'ones';
  readonly fans?: readonly [number, number];
  /** The penalties are for it. */
  readonly penalised: boolean;
  /** A statistic that training steps move: no gradient is taken by it. */
  readonly moving?: boolean;
}

/**
 * Random numbers that a layer takes for each row of a training step: `dropped`, 0 with that chance, else 1 ÷ (1 − dropped);
 * else uniform in [0, 1).
 */
export interface Draw {
  /** Numbers of a row. */
  readonly width: number;
  readonly dropped?: number;
}

export interface Applied {
  /** Shape of a row that comes in. */
  readonly input: Shape;
  readonly weights: readonly Tensor[];
  /** `[rows, width]` each; none where nothing is left to chance: validation and serving. */
  readonly draws: readonly Tensor[] | undefined;
  /** 1 for each step that is there and 0 for padding, `[rows, steps]`; none where all are there. */
  readonly mask?: Tensor | undefined;
  /** In training alone: takes the new values of a weight that is moving, by its place among the layer's weights. */
  readonly move?: ((weight: number, values: Tensor) => void) | undefined;
}

/** A kind of layer: its settings as plain data, and its arithmetic, which training and serving share. */
export interface LayerKind<Settings extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** With the literal `layer`. */
  readonly settings: Settings;
  /** Shape of a row that goes out, or what is wrong with the one that comes in. */
  output(settings: z.output<Settings>, input: Shape): Shape | string;
  weights?(settings: z.output<Settings>, input: Shape): readonly Weight[];
  draws?(settings: z.output<Settings>, input: Shape): readonly Draw[];
  /** Whether it says which steps are padding, */
  masks?(settings: z.output<Settings>): boolean;
  /** and which: 1 for each that is there, `[rows, steps]`, from what comes in. Layers behind it get it as `mask`. */
  mask?(tf: Tensorflow, settings: z.output<Settings>, x: Tensor): Tensor | undefined;
  /** Its steps are those that came in: what is padding stays so. Else the mask ends here. */
  readonly keepsSteps?: boolean;
  /** It looks at all steps alike, so none of them may be padding. */
  readonly noPadding?: boolean;
  /** `[rows, …output]` from `[rows, …input]`: a pure function of tensors, to be called within `tf.tidy`. */
  apply(tf: Tensorflow, settings: z.output<Settings>, x: Tensor, applied: Applied): Tensor;
}

export const layerKind = <Settings extends z.ZodObject>(kind: LayerKind<Settings>): LayerKind<Settings> => kind;

export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
export const sayShape = (shape: Shape): string => `[${shape.join(', ')}]`;
export const wants = (what: string, input: Shape): string => `takes ${what}, and gets ${sayShape(input)}`;

export const units = z.number().int().min(1).max(8192);
export const activation = z.enum(['linear', 'relu', 'tanh', 'sigmoid', 'gelu', 'erfGelu', 'elu', 'silu']);
export type ActivationName = z.output<typeof activation>;

/** `gelu` by its approximation with tanh, `erfGelu` by the error function (Hendrycks and Gimpel 2016). */
export function activated(tf: Tensorflow, name: ActivationName, x: Tensor): Tensor {
  if (name === 'linear') return x;
  if (name === 'silu') return x.mul(x.sigmoid());
  if (name === 'erfGelu') return x.mul(tf.scalar(0.5)).mul(tf.erf(x.mul(tf.scalar(Math.SQRT1_2))).add(tf.scalar(1)));
  if (name === 'relu') return relu(tf, x);
  if (name !== 'gelu') return tf[name](x);
  const inner = x.add(x.square().mul(x).mul(tf.scalar(0.044715))).mul(tf.scalar(Math.sqrt(2 / Math.PI)));
  return x.mul(tf.scalar(0.5)).mul(inner.tanh().add(tf.scalar(1)));
}

/** Its slope is the sign of its value: two operations of the gradient, where TensorFlow.js takes eight. */
function relu(tf: Tensorflow, x: Tensor): Tensor {
  const custom = tf.customGrad((...given: (Tensor | GradSaveFunc)[]) => {
    const [sums, save] = given as [Tensor, GradSaveFunc];
    const value = tf.relu(sums);
    save([value]);
    return { value, gradFunc: (dy: Tensor, [kept]: Tensor[]) => dy.mul(kept!.sign()) };
  });
  return custom(x);
}

/** x · kernel + bias over the last axis. */
export function affine(tf: Tensorflow, x: Tensor, kernel: Tensor, bias?: Tensor): Tensor {
  const [inputs, outputs] = kernel.shape as [number, number];
  const product = tf.matMul(x.reshape([-1, inputs]), kernel);
  return (bias ? product.add(bias) : product).reshape([...x.shape.slice(0, -1), outputs]);
}

/** Over the last axis. Written out, because TensorFlow's own operation gives other bits in a graph than by itself. */
export function softmax(tf: Tensorflow, x: Tensor): Tensor {
  const custom = tf.customGrad((...given: (Tensor | GradSaveFunc)[]) => {
    const [scores, save] = given as [Tensor, GradSaveFunc];
    const powers = scores.sub(scores.max(-1, true)).exp();
    const value = powers.div(powers.sum(-1, true));
    save([value]);
    return {
      value,
      gradFunc: (dy: Tensor, [p]: Tensor[]) => dy.sub(dy.mul(p!).sum(-1, true)).mul(p!),
    };
  });
  return custom(x);
}

export const kernel = (name: string, inputs: number, outputs: number): Weight => ({
  name,
  shape: [inputs, outputs],
  initial: 'glorot',
  fans: [inputs, outputs],
  penalised: true,
});
export const bias = (name: string, size: number, initial: 'zeros' | 'ones' = 'zeros'): Weight => ({
  name,
  shape: [size],
  initial,
  penalised: false,
});

/** The state after step `t`: where that is padding, the one before. */
export function stepped(
  tf: Tensorflow,
  after: Tensor,
  before: Tensor | undefined,
  mask: Tensor | undefined,
  t: number,
): Tensor {
  if (!mask) return after;
  const here = mask.slice([0, t], [-1, 1]);
  const taken = after.mul(here);
  return before ? taken.add(before.mul(tf.scalar(1).sub(here))) : taken;
}
