import { UserError } from '@trainyard/errors';
import { randomFrom } from '@trainyard/numeric';
import type { Json } from '../../../core/index.js';
import type { Tensors } from '../../../models/index.js';
import { layeredNet, type LayeredArchitecture } from '../kinds/layered-net.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { layered, sayShape, sizeOf, type Weight } from '../layers/index.js';
import type { LayeredParameters } from './layered-parameters.js';
import { layeredNetwork } from './layered-network.js';
import { layersOf, startsInCodes } from '../presets/index.js';
import { PURPOSE } from './shape.js';
import type { Rows } from '../dataset.js';
import { atOnceOf, type HeldFeatures } from '../feed/held.js';
import type { Learned } from './tasks/learned.js';
import type { Untrained } from './train.js';

/** A net of any layers for a task, before it is trained. Throws a UserError where shapes do not fit, or what an embedding takes holds no codes. */
export function untrainedLayers(params: LayeredParameters, learned: Learned, seed: number): Untrained {
  const input = params.input ?? [learned.train.width];
  if (sizeOf(input) !== learned.train.width)
    throw new UserError(`input ${sayShape(input)} is not the shape of a row's features`, {
      where: { field: 'input' },
      expected: `a shape of ${learned.train.width} numbers, as the transform gives them`,
      actual: `${sizeOf(input)} numbers`,
    });
  if (startsInCodes(params.model)) requireCodes(learned.train);
  const given = layersOf(params.model, input);
  const architecture: LayeredArchitecture = {
    input,
    layers: [
      ...given,
      ...(layered(given, input).output.length === 1 ? [] : [{ layer: 'flatten' as const }]),
      { layer: 'dense' as const, units: learned.objective.outputs, activation: 'linear' as const },
    ],
    ends: learned.ends,
  };
  const net = layered(architecture.layers, input);
  const places: (readonly [from: number, to: number])[] = [];
  let parameters = 0;
  for (const { shape } of net.weights) {
    places.push([parameters, parameters + sizeOf(shape)]);
    parameters += sizeOf(shape);
  }
  const tensorsOf = (values: Float32Array): Tensors =>
    Object.fromEntries(
      net.weights.map(({ name, shape }, i) => [name, { shape: [...shape], values: values.slice(...places[i]!) }]),
    );
  return {
    network: layeredNetwork(net),
    initial: initialOf(net.weights, parameters, seed),
    penalised: places.filter((_, i) => net.weights[i]!.penalised),
    shape: architecture,
    needsNative: true,
    model: (values) => ({ kind: layeredNet, ...tensorParts(architecture as unknown as Json, tensorsOf(values)) }),
  };
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

function initialOf(weights: readonly Weight[], parameters: number, seed: number): Float32Array {
  const random = randomFrom(seed, PURPOSE.initialValues);
  const values = new Float32Array(parameters);
  let at = 0;
  for (const { shape, initial, fans } of weights) {
    const to = at + sizeOf(shape);
    const limit = initial === 'glorot' ? Math.sqrt(6 / (fans![0] + fans![1])) : 0.05;
    for (; at < to; at++)
      values[at] = initial === 'zeros' ? 0 : initial === 'ones' ? 1 : (2 * random.uniform() - 1) * limit;
  }
  return values;
}
