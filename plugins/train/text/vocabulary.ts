import { z } from 'zod';
import { UserError } from '@trainyard/errors';

/** The file that holds a model's words, each at its code. */
export const VOCABULARY_FILE = 'vocabulary.json';
export const DAMAGED_VOCABULARY = 'take another copy of the model, or train it again';

const schema = z.array(z.string()).min(1);

export const vocabularyFile = (words: readonly string[]): string => `${JSON.stringify(words)}\n`;

/** Throws a UserError where the file is none. */
export function readVocabulary(bytes: Uint8Array): string[] {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new UserError("the model's vocabulary is not whole", {
      where: { file: VOCABULARY_FILE },
      cause,
      expected: 'a JSON list of words',
      remedy: DAMAGED_VOCABULARY,
    });
  }
}
