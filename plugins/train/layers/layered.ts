import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { UserError } from '@trainyard/errors';
import type { Tensorflow } from '../../kit/tensorflow.js';
import { layerKindOf, type Layers, type PlainLayer } from './registry.js';
import { sayShape, sizeOf, type Draw, type Shape, type Weight } from './layer.js';

/** A layer in its place. */
interface Placed {
  readonly layer: PlainLayer;
  readonly input: Shape;
  readonly output: Shape;
  /** Where its weights begin among all, and its draws. */
  readonly weights: readonly [from: number, to: number];
  readonly draws: readonly [from: number, to: number];
}

/** Takes the new values of a weight that is moving. */
export type Move = (weight: number, values: Tensor) => void;

/** What training adds to what is served. */
interface Training {
  readonly draws: readonly Tensor[] | undefined;
  readonly move: Move | undefined;
}

type Block = { readonly one: Placed } | { readonly residual: readonly Placed[] };

/** Layers put one behind the other: what shape each takes, and all weights and draws in one list each. */
export interface Layered {
  readonly input: Shape;
  readonly output: Shape;
  /** Numbers of a row that it takes: those of its input, and a mask of its steps where that is handed on. */
  readonly features: number;
  /** Steps of the mask that it hands on, where what comes out still has steps that may be padding; else 0. */
  readonly masked: number;
  /** Named after the place and the kind of their layer, such as `2 dense kernel`. */
  readonly weights: readonly Weight[];
  readonly draws: readonly Draw[];
  /**
   * Numbers `[rows, …output]` from `[rows, features]`; without draws as it is served. In training `move` takes the new values of weights
   * that are moving, by their places among all. To be called within `tf.tidy`.
   */
  apply(tf: Tensorflow, x: Tensor2D, weights: readonly Tensor[], draws?: readonly Tensor[], move?: Move): Tensor;
  /** The same as rows that other layers take, the mask behind the numbers: `[rows, output + masked]`. Without chance. */
  handOn(tf: Tensorflow, x: Tensor2D, weights: readonly Tensor[]): Tensor2D;
}

/**
 * Throws a UserError naming the first layer that does not take what comes in. `masked` says that rows bring a mask of their steps behind
 * their numbers, as other layers hand it on.
 */
export function layered(layers: Layers, input: Shape, masked = 0): Layered {
  const weights: Weight[] = [];
  const draws: Draw[] = [];
  let shape = input;
  const place = (layer: PlainLayer, at: string): Placed => {
    const kind = layerKindOf(layer);
    if (padded && kind.noPadding)
      throw new UserError(`layer ${at}, ${layer.layer}, takes no padding, and steps before it may be padding`, {
        where: { field: `model.${at}` },
        remedy: 'leave mask out of the embedding, or put it behind a layer that ends the steps: pool, lstm, gru',
      });
    const output = kind.output(layer, shape);
    if (typeof output === 'string')
      throw new UserError(`layer ${at}, ${layer.layer}, ${output}`, {
        where: { field: `model.${at}` },
        remedy: 'put a layer before it that gives what it takes: flatten, reshape or pool',
      });
    const [w, d] = [weights.length, draws.length];
    for (const one of kind.weights?.(layer, shape) ?? [])
      weights.push({ ...one, name: `${at} ${layer.layer} ${one.name}` });
    draws.push(...(kind.draws?.(layer, shape) ?? []));
    const placed: Placed = { layer, input: shape, output, weights: [w, weights.length], draws: [d, draws.length] };
    shape = output;
    padded = kind.masks?.(layer) === true || (padded && keepsMask(output, kind.keepsSteps));
    return placed;
  };
  let padded = masked > 0;
  const blocks = layers.map((layer, i): Block => {
    if (layer.layer !== 'residual') return { one: place(layer, String(i)) };
    const before = shape;
    const residual = layer.of.map((inner, k) => place(inner, `${i}.${k}`));
    if (sayShape(shape) !== sayShape(before))
      throw new UserError(`layer ${i}, residual, takes ${sayShape(before)} and gives ${sayShape(shape)}`, {
        where: { field: `model.${i}` },
        remedy: 'end it in a layer that gives the shape that it takes',
      });
    return { residual };
  });
  const run = (
    tf: Tensorflow,
    { layer, input: taken, output, weights: [w, toW], draws: [d, toD] }: Placed,
    { x, mask }: Flow,
    all: readonly Tensor[],
    { draws: drawn, move }: Training,
  ): Flow => {
    const kind = layerKindOf(layer);
    const made = kind.mask?.(tf, layer, x);
    const given = {
      input: taken,
      weights: all.slice(w, toW),
      draws: drawn?.slice(d, toD),
      mask,
      ...(move && { move: (weight: number, values: Tensor) => move(w + weight, values) }),
    };
    return {
      x: kind.apply(tf, layer, x, given),
      mask: made ?? (keepsMask(output, kind.keepsSteps) ? mask : undefined),
    };
  };
  const through = (tf: Tensorflow, x: Tensor2D, all: readonly Tensor[], training: Training): Flow => {
    const numbers = sizeOf(input);
    const begin: Flow =
      masked === 0
        ? { x: x.reshape([-1, ...input]), mask: undefined }
        : {
            x: x.slice([0, 0], [-1, numbers]).reshape([-1, ...input]),
            mask: x.slice([0, numbers], [-1, masked]),
          };
    return blocks.reduce<Flow>((flow, block) => {
      if ('one' in block) return run(tf, block.one, flow, all, training);
      const inner = block.residual.reduce((one, layer) => run(tf, layer, one, all, training), flow);
      return { x: flow.x.add(inner.x), mask: flow.mask };
    }, begin);
  };
  return {
    input,
    output: shape,
    features: sizeOf(input) + masked,
    masked: masksAfter(blocks, masked),
    weights,
    draws,
    apply: (tf, x, all, draws, move) => through(tf, x, all, { draws, move }).x,
    handOn: (tf, x, all) => {
      const { x: given, mask } = through(tf, x, all, { draws: undefined, move: undefined });
      const numbers = given.reshape([-1, sizeOf(shape)]) as Tensor2D;
      return mask ? (tf.concat([numbers, mask], 1) as Tensor2D) : numbers;
    },
  };
}

/** Numbers between layers, and which of their steps are there. */
interface Flow {
  readonly x: Tensor;
  readonly mask: Tensor | undefined;
}

/** Steps of the mask that is left behind these blocks. */
function masksAfter(blocks: readonly Block[], masked: number): number {
  return blocks.reduce((steps, block) => {
    if (!('one' in block)) return steps;
    const { layer, input, output } = block.one;
    const kind = layerKindOf(layer);
    if (kind.masks?.(layer)) return input[0]!;
    return keepsMask(output, kind.keepsSteps) ? steps : 0;
  }, masked);
}

/** A mask goes on as long as there are steps. */
const keepsMask = (output: Shape, keepsSteps: boolean | undefined): boolean =>
  keepsSteps === true && output.length === 2;
