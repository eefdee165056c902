import { UserError } from '@trainyard/errors';
import { randomFrom } from '@trainyard/numeric';
import { featureNames, type FittedTransform } from '@trainyard/transforms';
import type { Tensors } from '../../../models/index.js';
import type { LayeredArchitecture } from '../kinds/layered-net.js';
import { layered, sayShape, sizeOf, type Layered, type Layers, type Shape, type Weight } from '../layers/index.js';
import type { LayeredParameters } from './layered-parameters.js';
import { layeredNetwork } from './layered-network.js';
import { netFiles } from './net-files.js';
import { codesIn } from './codes-in.js';
import { layersOf, takesCodes } from '../presets/index.js';
import { PURPOSE } from './shape.js';
import type { Rows } from '../dataset.js';
import { atOnceOf, type HeldFeatures } from '../feed/held.js';
import type { Learned } from './tasks/learned.js';
import type { Untrained } from './train.js';

/** A net of any layers for a task, before it is trained. Throws a UserError where shapes do not fit, or what an embedding takes holds no codes. */
export function untrainedLayers(
  params: LayeredParameters,
  learned: Learned,
  seed: number,
  transform: FittedTransform,
): Untrained {
  const input = params.input ?? [learned.train.width];
  if (sizeOf(input) !== learned.train.width)
    throw new UserError(`input ${sayShape(input)} is not the shape of a row's features`, {
      where: { field: 'input' },
      expected: `a shape of ${learned.train.width} numbers, as the transform gives them`,
      actual: `${sizeOf(input)} numbers`,
    });
  const layers = layersOf(params.model, input, codesIn(transform));
  const [first] = layers;
  if (first?.layer === 'embedding') requireCodes(learned.train);
  else if (takesCodes(params.model)) requireNumbers(transform, first);
  return untrainedArchitecture({ input, layers }, learned, seed, (architecture, tensors) =>
    netFiles(architecture, tensors),
  );
}

/** What a net's model is, by its architecture and weights. */
export type MakeModel = (architecture: LayeredArchitecture, tensors: Tensors) => ReturnType<Untrained['model']>;

/** Layers and the one that the task adds behind them, before they are trained. */
export function untrainedArchitecture(
  { input, layers: given }: { readonly input: readonly number[]; readonly layers: Layers },
  learned: Learned,
  seed: number,
  make: MakeModel,
): Untrained {
  const architecture: LayeredArchitecture = {
    input: [...input],
    layers: [...given, ...endingOf(layered(given, input).output, learned)],
    ends: learned.ends,
  };
  const net = layered(architecture.layers, input);
  return {
    ...untrainedNet(net, initialOf(net.weights, seed)),
    shape: architecture,
    model: (values) => make(architecture, tensorsOf(net.weights, values)),
  };
}

/** The layers that a task adds behind numbers of this shape. */
export const endingOf = (output: Shape, { objective }: Learned): Layers => [
  ...(output.length === 1 ? [] : [{ layer: 'flatten' as const }]),
  { layer: 'dense' as const, units: objective.outputs, activation: 'linear' as const },
];

/** A net of layers in its initial state, as it is trained. */
export function untrainedNet(
  net: Layered,
  initial: Float32Array,
): Pick<Untrained, 'network' | 'initial' | 'penalised' | 'needsNative'> {
  const places = placesOf(net.weights);
  return {
    network: layeredNetwork(net),
    initial,
    penalised: places.filter((_, i) => net.weights[i]!.penalised),
    needsNative: true,
  };
}

/** Where each of the weights stands in one vector. */
function placesOf(weights: readonly Weight[]): (readonly [from: number, to: number])[] {
  let at = 0;
  return weights.map(({ shape }) => [at, (at += sizeOf(shape))] as const);
}

/** Weights in one vector as tensors by their names. */
export function tensorsOf(weights: readonly Weight[], values: Float32Array): Tensors {
  const places = placesOf(weights);
  return Object.fromEntries(
    weights.map(({ name, shape }, i) => [name, { shape: [...shape], values: values.slice(...places[i]!) }]),
  );
}

/** Throws a UserError for numbers that may be missing, and for codes at a place that the transform gives as something else. */
function requireNumbers(transform: FittedTransform, first: Layers[number] | undefined): void {
  const coded = new Set(first?.layer === 'categories' ? first.columns.map(({ at }) => at) : []);
  const may = codesIn(transform);
  const strange = [...coded].find((at) => !may.some((one) => one.at === at));
  const names = featureNames(transform);
  if (strange !== undefined)
    throw new UserError(`feature ${strange}, "${names[strange]}", holds no codes`, {
      where: { field: 'model.0.columns', column: names[strange]! },
      expected: 'a column of categories that features.fit keeps as codes',
      remedy: "say categorical: [{ column, encode: 'ordinal' }] in its recipe; preset dense finds the codes by itself",
    });
  const passed = transform.steps.find((step) => step.kind === 'pass' && !coded.has(names.indexOf(step.column)));
  if (passed?.kind !== 'pass') return;
  throw new UserError(`a net takes no missing numbers, and the transform passes "${passed.column}" on as it is`, {
    where: { port: 'prep', column: passed.column },
    expected: 'a transform that fills in what is missing, but for categories that are kept as codes',
    remedy: 'make it numeric in the recipe of features.fit, which fills and scales it',
  });
}

/** Throws a UserError for a value that is neither missing nor a whole number: features.fit scales columns unless it is told not to. */
function requireCodes({ rows, width, features }: Rows<HeldFeatures>): void {
  const atOnce = atOnceOf(width);
  for (let from = 0; from < rows; from += atOnce)
    requireCodesOf(features.slice(from, Math.min(rows, from + atOnce)), width, from);
}

function requireCodesOf(features: Float64Array, width: number, from: number): void {
  const at = features.findIndex((value) => !Number.isNaN(value) && !Number.isInteger(value));
  if (at < 0) return;
  throw new UserError('the first layer takes codes, and a feature is no whole number', {
    where: { port: 'train', row: from + Math.floor(at / width) },
    expected: 'whole numbers from 0, or nothing where one is missing',
    actual: `${features[at]} in feature ${(at % width) + 1} of ${width}`,
    remedy: "leave the columns unscaled in features.fit: numeric: [{ column, scale: 'none' }], or recipe.pass",
  });
}

/** What weights start at, in one vector. */
export function initialOf(weights: readonly Weight[], seed: number): Float32Array {
  const random = randomFrom(seed, PURPOSE.initialValues);
  const values = new Float32Array(weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let at = 0;
  for (const { shape, initial, fans } of weights) {
    const to = at + sizeOf(shape);
    const limit = initial === 'glorot' ? Math.sqrt(6 / (fans![0] + fans![1])) : 0.05;
    for (; at < to; at++)
      values[at] = initial === 'zeros' ? 0 : initial === 'ones' ? 1 : (2 * random.uniform() - 1) * limit;
  }
  return values;
}
