import { readCell, type FeatureRow } from './cell.js';
import { applyRules } from './row-rules/apply.js';
import { inputsAfter, type FittedTransform } from './transform.js';

/**
 * Takes a row that has gone through the first `done` of a transform's rules through the rest of them: its cells are first read by
 * the types that their columns had in training, as rules about text leave alone what is none. Columns that the transform does not
 * read stay as they are.
 */
export function throughRules(transform: FittedTransform, done: number): (row: FeatureRow) => FeatureRow {
  const rest = transform.rules?.slice(done) ?? [];
  if (rest.length === 0) return (row) => row;
  const inputs = inputsAfter(transform, done);
  return (row) => {
    const read = { ...row };
    for (const { name, type } of inputs) if (Object.hasOwn(row, name)) read[name] = readCell(row[name], type, name);
    return applyRules(rest, read as Parameters<typeof applyRules>[1]);
  };
}
