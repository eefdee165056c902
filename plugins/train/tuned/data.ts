import { UserError } from '@trainyard/errors';
import type { InputArtifact } from '../../../worker/index.js';
import { MODEL_FILES } from '../../../models/index.js';
import type { Dataset } from '../dataset.js';
import { sayShape } from '../layers/index.js';
import { codesOf, readTexts } from '../text/dataset.js';
import { openTokenizer, tokenizerSchema } from '../text/registry.js';
import { readSurroundings } from '../training-environment.js';
import type { Given } from '../training-result.js';
import type { Base } from './base.js';

interface Inputs {
  readonly model: InputArtifact;
  readonly train: InputArtifact;
  readonly validation: InputArtifact | undefined;
  readonly prep: InputArtifact | undefined;
}

/**
 * Rows as the base takes them: texts through its tokenizer, others through the transform given, else that of the base. Throws a UserError
 * where that gives another number of features than the base takes.
 */
export async function readForBase(
  base: Base,
  inputs: Inputs,
  { label, column: named }: { readonly label: string; readonly column?: string | undefined },
  scratch: string,
): Promise<Given & { readonly text: Base['text'] }> {
  const { text: said, architecture } = base;
  if (said) {
    if (inputs.prep)
      throw new UserError('the base takes raw text, and a transform was given', {
        where: { port: 'prep' },
        remedy: 'leave prep out: the tokenizer of the base is what its texts go through',
      });
    const text = { ...said, column: named ?? said.column };
    const { column, steps } = text;
    const tokenizer = openTokenizer(tokenizerSchema.parse(text.tokenizer), text.vocabulary);
    const read = { column, label, scratch };
    const given = await readTexts({ ...read, table: inputs.train, part: 'train' });
    const codes = (texts: typeof given): Dataset => codesOf(texts, column, tokenizer, steps);
    const validation =
      inputs.validation &&
      codes(await readTexts({ ...read, table: inputs.validation, part: 'validation', classes: given.classes }));
    const columns = [{ name: column, type: 'text' as const }];
    return { label, transform: undefined, inputs: columns, train: codes(given), validation, text };
  }
  if (named !== undefined)
    throw new UserError('the base takes no text, and a column of text is named', { where: { field: 'column' } });
  const codes = architecture.layers[0]?.layer === 'embedding';
  const prep = inputs.prep ?? inputs.model;
  if (!prep.files.includes(MODEL_FILES.transform))
    throw new UserError('the base has no transform, and none was given', {
      where: { port: 'prep' },
      remedy: 'fit one on the training table with features.fit',
    });
  const around = await readSurroundings({ ...inputs, prep }, label, scratch, undefined, codes);
  const width = architecture.input.reduce((a, b) => a * b, 1);
  if (around.train.width !== width)
    throw new UserError('the transform gives another number of features than the base takes', {
      where: { port: inputs.prep ? 'prep' : 'model' },
      expected: `${width} features, in the shape ${sayShape(architecture.input)}`,
      actual: `${around.train.width} features`,
      remedy: 'give features.fit the columns that the base was trained on, in their order',
    });
  return { ...around, text: undefined };
}
