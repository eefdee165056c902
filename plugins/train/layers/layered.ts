import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { UserError } from '@trainyard/errors';
import type { Tensorflow } from '../../kit/tensorflow.js';
import { layerKindOf, type Layers, type PlainLayer } from './registry.js';
import { sayShape, type Draw, type Shape, type Weight } from './layer.js';

/** A layer in its place. */
interface Placed {
  readonly layer: PlainLayer;
  readonly input: Shape;
  /** Where its weights begin among all, and its draws. */
  readonly weights: readonly [from: number, to: number];
  readonly draws: readonly [from: number, to: number];
}

type Block = { readonly one: Placed } | { readonly residual: readonly Placed[] };

/** Layers put one behind the other: what shape each takes, and all weights and draws in one list each. */
export interface Layered {
  readonly input: Shape;
  readonly output: Shape;
  /** Named after the place and the kind of their layer, such as `2 dense kernel`. */
  readonly weights: readonly Weight[];
  readonly draws: readonly Draw[];
  /** Numbers `[rows, …output]` from `[rows, features]`; without draws as it is served. To be called within `tf.tidy`. */
  apply(tf: Tensorflow, x: Tensor2D, weights: readonly Tensor[], draws?: readonly Tensor[]): Tensor;
}

/** Throws a UserError naming the first layer that does not take what comes in. */
export function layered(layers: Layers, input: Shape): Layered {
  const weights: Weight[] = [];
  const draws: Draw[] = [];
  let shape = input;
  const place = (layer: PlainLayer, at: string): Placed => {
    const kind = layerKindOf(layer);
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
    const placed: Placed = { layer, input: shape, weights: [w, weights.length], draws: [d, draws.length] };
    shape = output;
    return placed;
  };
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
    { layer, input: taken, weights: [w, toW], draws: [d, toD] }: Placed,
    x: Tensor,
    all: readonly Tensor[],
    drawn: readonly Tensor[] | undefined,
  ): Tensor =>
    layerKindOf(layer).apply(tf, layer, x, {
      input: taken,
      weights: all.slice(w, toW),
      draws: drawn?.slice(d, toD),
    });
  return {
    input,
    output: shape,
    weights,
    draws,
    apply: (tf, x, all, drawn) =>
      blocks.reduce<Tensor>(
        (values, block) =>
          'one' in block
            ? run(tf, block.one, values, all, drawn)
            : values.add(block.residual.reduce((inner, one) => run(tf, one, inner, all, drawn), values)),
        x.reshape([-1, ...input]),
      ),
  };
}
