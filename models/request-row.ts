import { exampleCells, throughRules, type FeatureRow, type FittedTransform } from '@trainyard/transforms';
import type { ModelCard, ModelInput } from './card.js';
import { checkRows } from './request.js';

type Cells = Readonly<Record<string, string | number | boolean | null>>;

/**
 * A row that a request to a model may bring. Rows of its sample have gone through all rules of cleaning: columns that rules make are
 * left out of them, those that rules read are filled in by example, missing where there is none. Undefined where no row
 * of the sample becomes one that the model takes.
 */
export function requestRow(
  { inputs }: Pick<ModelCard, 'inputs'>,
  transform: FittedTransform | undefined,
  sample: readonly Cells[],
): Cells | undefined {
  const examples = exampleCells(transform?.rules ?? []);
  for (const row of sample) {
    const cells = inputs.map((input) => {
      const known = [row[input.name], examples[input.name]];
      return [input.name, known.find((cell) => cell !== undefined && cell !== null && fits(input, cell)) ?? null];
    });
    const made = Object.fromEntries(cells) as Cells;
    if (isTaken(made, inputs, transform)) return made;
  }
  return undefined;
}

const fits = (input: ModelInput, cell: FeatureRow[string]): boolean => isTaken({ [input.name]: cell }, [input]);

function isTaken(row: FeatureRow, inputs: readonly ModelInput[], transform?: FittedTransform): boolean {
  try {
    checkRows(inputs, [row]);
    if (transform) throughRules(transform, 0)(row);
    return true;
  } catch {
    return false;
  }
}
