import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import { DAMAGED_VOCABULARY, readVocabulary, VOCABULARY_FILE } from '../text/vocabulary.js';
import { modelKind, tensorPlaces, type FeatureScorer } from '../../../models/index.js';
import { openTokenizer, textSchema, writeCodes } from '../text/registry.js';
import { layeredArchitecture, layeredNet } from './layered-net.js';

const settings = z.object({
  /** Column that holds the text. */
  column: z.string().min(1),
  text: textSchema,
  net: z.object({ architecture: layeredArchitecture, tensors: tensorPlaces }),
});
export type TextNetSettings = z.output<typeof settings>;

/** A net of any layers behind a tokenizer: it takes raw text, in one column. */
export const textNet = modelKind({
  name: 'text net',
  title: 'Neural net of any layers over raw text',
  tasks: layeredNet.tasks,
  settings: settings as unknown as z.ZodType<TextNetSettings>,
  async open({ settings: { column, text, net }, bytes, path, task, inputs }) {
    const vocabulary = readVocabulary(await bytes(VOCABULARY_FILE));
    const tokenizer = openTokenizer(text.tokenizer, vocabulary);
    const scorer = (await layeredNet.open({ settings: net, bytes, path, task, inputs })) as FeatureScorer;
    if (scorer.width !== text.steps)
      throw new UserError(`the net takes ${scorer.width} codes, and its text has ${text.steps}`, {
        remedy: DAMAGED_VOCABULARY,
      });
    return {
      takes: 'rows',
      outputs: scorer.outputs,
      async score(rows) {
        const codes = new Float64Array(rows.length * text.steps);
        rows.forEach((row, i) => {
          const cell = row[column];
          writeCodes(
            tokenizer,
            cell === null || cell === undefined ? null : String(cell),
            text.steps,
            codes,
            i * text.steps,
          );
        });
        return scorer.score(codes, rows.length);
      },
      dispose: () => scorer.dispose?.(),
    };
  },
  portable() {
    throw new UserError('nets over raw text are not exported: no format has their tokenizer', {
      where: { field: 'kind' },
      remedy: 'serve it with trainyard serve',
    });
  },
});
