import type { Json } from '../../../core/index.js';
import { denseNet, type DenseArchitecture } from '../kinds/dense-net.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { deadUnits } from './dead-units.js';
import { denseNetwork } from './dense.js';
import type { DenseParameters } from './parameters.js';
import { initialValues, shapeOf, tensorsOf } from './shape.js';
import type { Learned } from './tasks/learned.js';
import type { Untrained } from './train.js';

/** A net of dense layers for a task, before it is trained. */
export function untrainedDense(params: DenseParameters, learned: Learned, seed: number): Untrained {
  const architecture = architectureOf(params, learned);
  const shape = shapeOf(architecture);
  return {
    network: denseNetwork(shape, params.dropout),
    initial: initialValues(shape, seed),
    penalised: shape.layers.map(({ kernel, bias }) => [kernel, bias]),
    shape,
    deadUnits: (parameters) => deadUnits(shape, tensorsOf(shape, parameters), learned.train),
    model: (parameters) => ({ kind: denseNet, ...tensorParts(architecture as Json, tensorsOf(shape, parameters)) }),
  };
}

function architectureOf(
  { layers, units, activation }: DenseParameters,
  { train, objective, ends }: Learned,
): DenseArchitecture {
  const hidden = Array.isArray(units) ? units : Array.from({ length: layers }, () => units);
  return {
    features: train.width,
    layers: [
      ...hidden.map((size) => ({ units: size, activation })),
      { units: objective.outputs, activation: 'linear' as const },
    ],
    // A softmax is what a dense net has ended in from the first.
    ...(ends === 'softmax' ? {} : { ends }),
  };
}
