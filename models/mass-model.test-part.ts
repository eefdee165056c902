import type { Model, Ref } from '../core/kinds.js';
import type { Artifacts } from '../store/index.js';
import { writeModel } from './index.js';

/** A model that answers `gentoo` above a mass and `adelie` below, more or less surely; a missing mass counts as a light one. */
export async function writeMassModel(
  artifacts: Artifacts,
  { above = 5, sureness = 1, missing = above - 1 }: { above?: number; sureness?: number; missing?: number } = {},
): Promise<Ref<Model>> {
  const output = await writeModel({
    learner: 'logistic regression',
    label: 'species',
    classes: ['adelie', 'gentoo'],
    architecture: null,
    tensors: {
      coefficients: { shape: [1, 2], values: Float64Array.from([-sureness, sureness]) },
      intercepts: { shape: [2], values: Float64Array.from([0, 0]) },
    },
    transform: {
      format: 'trainyard.transform/1',
      steps: [{ kind: 'numeric', column: 'mass', fill: missing, center: above, scale: 1, clip: 10, indicator: false }],
      rows: 1,
    },
    metrics: { validation: { f1: { macro: 0.9 } } },
    training: {},
    libraries: {},
    rows: [{ mass: 4 }, { mass: 6 }, { mass: null }],
  });
  return (await artifacts.write('model', output)) as Ref<Model>;
}
