import type { InputArtifact } from '../../worker/index.js';
import { parseTransform, type FittedTransform } from '@trainyard/transforms';
import { readDataset, readLabelSets, readNumbers, type LabelSetDataset, type NumberDataset } from './dataset.js';
import { requireNoLabel } from './label-apart.js';
import type { Surroundings } from './training-result.js';

interface Inputs {
  readonly train: InputArtifact;
  readonly validation: InputArtifact | undefined;
  readonly prep: InputArtifact;
}

/** The fitted transform. Throws a UserError where the label is among its columns. */
async function transformFor({ prep }: Inputs, label: string): Promise<FittedTransform> {
  const transform = parseTransform(await prep.text('transform.json'));
  requireNoLabel(transform, label);
  return transform;
}

/**
 * Reads what every trainer takes: the fitted transform, the training rows and, where given, the validation rows. Throws a UserError where
 * the label is a feature as well.
 */
export async function readSurroundings(
  inputs: Inputs,
  label: string,
  scratch: string,
  /** A column with a weight for each training row. */
  weight?: string,
  /** The learner takes NaN for what is missing. */
  missing = false,
): Promise<Surroundings> {
  const transform = await transformFor(inputs, label);
  const both = { label, transform, scratch, missing };
  const train = await readDataset({ ...both, table: inputs.train, weight, part: 'train' });
  const validation =
    inputs.validation &&
    (await readDataset({ ...both, table: inputs.validation, part: 'validation', classes: train.classes }));
  return { label, transform, train, validation };
}

/** As `readSurroundings`, for labels that are lists of classes. */
export async function readLabelSetSurroundings(
  inputs: Inputs,
  label: string,
  scratch: string,
  weight?: string,
): Promise<Surroundings<LabelSetDataset>> {
  const transform = await transformFor(inputs, label);
  const both = { label, transform, scratch };
  const train = await readLabelSets({ ...both, table: inputs.train, weight, part: 'train' });
  const validation =
    inputs.validation &&
    (await readLabelSets({ ...both, table: inputs.validation, part: 'validation', classes: train.classes }));
  return { label, transform, train, validation };
}

/** As `readSurroundings`, for labels that are numbers. */
export async function readNumberSurroundings(
  inputs: Inputs,
  label: string,
  scratch: string,
  weight?: string,
  missing = false,
  /** A column that says which rows are ranked among each other. */
  group?: string,
): Promise<Surroundings<NumberDataset>> {
  const transform = await transformFor(inputs, label);
  const both = { label, transform, scratch, missing, group };
  const train = await readNumbers({ ...both, table: inputs.train, weight, part: 'train' });
  const validation =
    inputs.validation && (await readNumbers({ ...both, table: inputs.validation, part: 'validation' }));
  return { label, transform, train, validation };
}
