import { z } from 'zod';
import type { Json } from '../../../../core/index.js';
import type { StoredTensor } from '../../../../models/index.js';

/** A layer as Keras and TensorFlow.js describe it. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What stands for a layer of Keras here. */
export interface Placed {
  /** Our layer as plain data; none where it does nothing when served. */
  readonly layer?: Json | undefined;
  /** Its numbers become probabilities of one class. */
  readonly softmax?: boolean;
}

/** Our counterpart of a layer of Keras. */
export interface Counterpart {
  /** Name of its class. */
  readonly of: string;
  /** What stands for it, or why nothing does, in words. Looks at no weights. */
  place(config: KerasLayer['config']): Placed | string;
  /** Our weights of its own, which come in the order of `get_weights()`; undefined where there are not as many as it has. */
  weights?(
    config: KerasLayer['config'],
    stored: readonly StoredTensor[],
  ): Readonly<Record<string, StoredTensor>> | undefined;
}

const ACTIVATIONS: Readonly<Record<string, string>> = {
  linear: 'linear',
  relu: 'relu',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  elu: 'elu',
  silu: 'silu',
  swish: 'silu',
  // By the error function, unless it is told otherwise.
  gelu: 'erfGelu',
};

const named = z.union([z.string(), z.looseObject({ config: z.union([z.string(), z.looseObject({})]) })]);

/** The name of an activation; as an object where it was saved so. */
export function activationName(value: unknown, absent = 'linear'): string {
  if (value === undefined || value === null) return absent;
  const parsed = named.safeParse(value);
  if (!parsed.success) return 'of an unknown kind';
  const name = typeof parsed.data === 'string' ? parsed.data : parsed.data.config;
  return typeof name === 'string' ? name : 'with settings of its own';
}

/** Our name of an activation, `softmax`, or why there is none. */
export function activationOf(config: KerasLayer['config'], field = 'activation'): { ours: string } | { why: string } {
  const name = activationName(config[field]);
  if (name === 'softmax') return { ours: name };
  return Object.hasOwn(ACTIVATIONS, name) ? { ours: ACTIVATIONS[name]! } : { why: `its activation is ${name}` };
}

/** A layer that ends in an activation. */
export function activatedLayer(config: KerasLayer['config'], layer: Readonly<Record<string, Json>>): Placed | string {
  const activation = activationOf(config);
  if ('why' in activation) return activation.why;
  return activation.ours === 'softmax'
    ? { layer: { ...layer, activation: 'linear' }, softmax: true }
    : { layer: { ...layer, activation: activation.ours } };
}

/** A number, or the same number for each axis, as one; undefined where they differ. */
export function even(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (!Array.isArray(value) || value.length === 0 || !value.every((one) => one === value[0])) return undefined;
  return typeof value[0] === 'number' ? value[0] : undefined;
}

/** What a setting must be for the counterpart to do the same; undefined where all are. */
export function unlike(
  config: KerasLayer['config'],
  wanted: Readonly<Record<string, readonly unknown[]>>,
): string | undefined {
  for (const [field, allowed] of Object.entries(wanted)) {
    const value = config[field];
    if (value !== undefined && !allowed.some((one) => JSON.stringify(one) === JSON.stringify(value)))
      return `its ${field} is ${JSON.stringify(value)}`;
  }
  return undefined;
}

/** A tensor of one value. */
export const filled = (shape: readonly number[], value: number): StoredTensor => ({
  name: `all ${value}`,
  shape,
  values: async () => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
});

/** A tensor that is made of others. */
export const made = (from: StoredTensor, shape: readonly number[], values: StoredTensor['values']): StoredTensor => ({
  name: from.name,
  shape,
  values,
});
