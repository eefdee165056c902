import type { InputArtifact } from '../../worker/index.js';
import { parseTransform, type FittedTransform } from '@trainyard/transforms';
import { readDatasetInto, readNumbersInto, type DatasetRequest, type NumberDataset, type Rows } from './dataset.js';
import { inOneArray } from './feed/held.js';
import { requireNoLabel } from './label-apart.js';
import type { Surroundings } from './training-result.js';

export interface Inputs {
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
export const readSurroundings = (
  inputs: Inputs,
  label: string,
  scratch: string,
  /** A column with a weight for each training row. */
  weight?: string,
  /** The learner takes NaN for what is missing. */
  missing = false,
): Promise<Surroundings> =>
  surroundings(inputs, { label, scratch, weight, missing }, (request) => readDatasetInto(request, inOneArray));

/** As `readSurroundings`, for labels that are numbers. */
export const readNumberSurroundings = (
  inputs: Inputs,
  label: string,
  scratch: string,
  weight?: string,
  missing = false,
  /** A column that says which rows are ranked among each other. */
  group?: string,
): Promise<Surroundings<NumberDataset>> =>
  surroundings<NumberDataset>(inputs, { label, scratch, weight, missing, group }, (request) =>
    readNumbersInto(request, inOneArray),
  );

interface Asked {
  readonly label: string;
  readonly scratch: string;
  readonly weight?: string | undefined;
  readonly missing?: boolean | undefined;
  /** A column that says which rows are ranked among each other. */
  readonly group?: string | undefined;
}

/** As `readSurroundings`, by whatever reads a table. */
export async function surroundings<Data extends Rows<unknown>>(
  inputs: Inputs,
  asked: Asked,
  read: (request: DatasetRequest) => Promise<Data>,
): Promise<Surroundings<Data>> {
  const { label, weight, scratch, missing, group } = asked;
  const both = { scratch, missing, group };
  const transform = await transformFor(inputs, label);
  const train = await read({ ...both, label, transform, table: inputs.train, weight, part: 'train' });
  const classes = 'classes' in train ? { classes: train.classes as readonly string[] } : {};
  const table = inputs.validation;
  const validation = table && (await read({ ...both, ...classes, label, transform, table, part: 'validation' }));
  return { label, transform, train, validation };
}
