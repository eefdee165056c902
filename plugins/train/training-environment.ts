import type { InputArtifact } from '../../worker/index.js';
import { parseTransform } from '@trainyard/transforms';
import { readDataset } from './dataset.js';
import type { Surroundings } from './training-result.js';

/** Reads what every trainer takes: the fitted transform, the training rows and, where given, the validation rows. */
export async function readSurroundings(
  inputs: {
    readonly train: InputArtifact;
    readonly validation: InputArtifact | undefined;
    readonly prep: InputArtifact;
  },
  label: string,
  scratch: string,
  /** A column with a weight for each training row. */
  weight?: string,
): Promise<Surroundings> {
  const transform = parseTransform(await inputs.prep.text('transform.json'));
  const train = await readDataset({ table: inputs.train, label, transform, weight, part: 'train', scratch });
  const validation =
    inputs.validation &&
    (await readDataset({
      table: inputs.validation,
      label,
      transform,
      part: 'validation',
      classes: train.classes,
      scratch,
    }));
  return { label, transform, train, validation };
}
