import type { Tensor2D } from '@tensorflow/tfjs-core';
import { UserError } from '@trainyard/errors';
import type { Tensorflow } from '../../kit/tensorflow.js';
import type { LayeredArchitecture } from '../kinds/layered-net.js';
import { layered, sizeOf, type Layered, type Layers } from '../layers/index.js';
import { endingOf, initialOf, tensorsOf, untrainedNet } from '../net/layered-untrained.js';
import { netFiles, type NetText } from '../net/net-files.js';
import type { Learned } from '../net/tasks/learned.js';
import type { Untrained } from '../net/train.js';
import type { Dataset } from '../dataset.js';
import type { Base } from './base.js';

/** A base with its new head, before it is trained. */
export interface Joined {
  readonly architecture: LayeredArchitecture;
  /** Layers that are kept of the base, */
  readonly kept: number;
  /** and its weights. */
  readonly keptWeights: readonly Float32Array[];
  /** Parameters of the head. */
  readonly head: Float32Array;
}

/** Puts a head in the place of the last layers. Throws a UserError where there are fewer, or the head does not fit what is left. */
export function join(
  base: Base,
  {
    replace = base.answering,
    head,
    freeze,
  }: { readonly replace?: number | undefined; readonly head: Layers; readonly freeze: number | 'all' },
  learned: Learned,
  seed: number,
): Joined {
  const { layers, input } = base.architecture;
  const kept = layers.length - replace;
  if (kept < 0 || (freeze !== 'all' && freeze > kept))
    throw new UserError(`the base has ${layers.length} layers, of which ${replace} make way for the head`, {
      where: { field: kept < 0 ? 'replace' : 'freeze' },
      expected: kept < 0 ? `at most ${layers.length} to replace` : `at most ${kept} frozen layers`,
      actual: String(kept < 0 ? replace : freeze),
    });
  const trunk = layered(layers.slice(0, kept), input);
  const said = layered(head, trunk.output, trunk.masked);
  const own = [...head, ...endingOf(said.output, learned)];
  const top = layered(own, trunk.output, trunk.masked);
  return {
    architecture: { input, layers: [...layers.slice(0, kept), ...own], ends: learned.ends },
    kept,
    keptWeights: base.weights.slice(0, trunk.weights.length),
    head: initialOf(top.weights, seed),
  };
}

/** A net cut in two: what stays as it is, and what is trained on its output. */
export interface Cut {
  /** How many layers stay. */
  readonly layers: number;
  readonly frozen: Layered;
  readonly frozenWeights: readonly Float32Array[];
  readonly net: Untrained;
}

/** Cuts behind `frozen` layers; `head` are the parameters that the head starts with. */
export function cut(joined: Joined, frozen: number, head: Float32Array, text: NetText | undefined): Cut {
  const { architecture, keptWeights } = joined;
  const { input, layers } = architecture;
  const below = layered(layers.slice(0, frozen), input);
  const above = layered(layers.slice(frozen), below.output, below.masked);
  const frozenWeights = keptWeights.slice(0, below.weights.length);
  const all = layered(layers, input).weights;
  return {
    layers: frozen,
    frozen: below,
    frozenWeights,
    net: {
      ...untrainedNet(above, concatenated([...keptWeights.slice(below.weights.length), head])),
      shape: { architecture, frozen },
      model: (values) => netFiles(architecture, tensorsOf(all, concatenated([...frozenWeights, values])), text),
    },
  };
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Rows that go through the frozen layers at once. */
const AT_ONCE = 64;
/** The most bytes that their outputs may take. */
const MOST_BYTES = 4e9;

/**
 * What the frozen layers make of all rows, once: nothing in them changes, and nothing is left to chance. Throws a UserError where that is
 * more than memory is for.
 */
export function through(tf: Tensorflow, { frozen, frozenWeights }: Cut, data: Dataset): Dataset {
  const width = sizeOf(frozen.output) + frozen.masked;
  if (data.rows * width * 8 > MOST_BYTES)
    throw new UserError('the outputs of the frozen layers for all rows are more than memory is for', {
      where: { field: 'freeze' },
      expected: `at most ${MOST_BYTES / 1e9} GB`,
      actual: `${((data.rows * width * 8) / 1e9).toFixed(1)} GB: ${data.rows} rows of ${width} numbers`,
      remedy: 'freeze: 0 keeps none; fewer rows or fewer steps of a text make them smaller',
    });
  const weights = frozen.weights.map(({ shape }, i) => tf.tensor(frozenWeights[i]!, [...shape]));
  const features = new Float64Array(data.rows * width);
  for (let from = 0; from < data.rows; from += AT_ONCE) {
    const to = Math.min(data.rows, from + AT_ONCE);
    const given = Float32Array.from(data.features.subarray(from * data.width, to * data.width), (value) =>
      Number.isNaN(value) ? -1 : value,
    );
    const made = tf.tidy(() => frozen.handOn(tf, tf.tensor2d(given, [to - from, data.width]), weights) as Tensor2D);
    features.set(made.dataSync<'float32'>(), from * width);
    made.dispose();
  }
  tf.dispose(weights);
  return { ...data, width, features };
}
