import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import { normalised, pieces } from './bert-words.js';
import { tokenizerKind } from './tokenizer.js';

/** The word for all that the vocabulary lacks: its first. */
export const UNKNOWN = '[UNK]';

const cleaning = { cleanText: true, chineseApart: true, stripAccents: null, lowercase: true } as const;

/** Whole words in small letters without accents, and signs of punctuation: the vocabulary is what the training texts have. */
export const words = tokenizerKind({
  name: 'words',
  settings: z.strictObject({ tokenizer: z.literal('words') }),
  open(_settings, vocabulary) {
    const codes = new Map(vocabulary.map((word, code) => [word, code]));
    const unknown = codes.get(UNKNOWN);
    if (unknown === undefined) throw new UserError(`the vocabulary has no word "${UNKNOWN}"`);
    return {
      ends: 0,
      words: (text) => wordsOf(text).map((word) => codes.get(word) ?? unknown),
      whole: (all) => all,
    };
  },
});

export const wordsOf = (text: string): string[] => pieces(normalised(text, cleaning));

/** The vocabulary of texts: words that occur `least` times or more, the most frequent first, equal ones in order of code units, up to `most`. */
export function learnWords(texts: Iterable<string>, { most, least }: { most: number; least: number }): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const kept = [...counts].filter(([, count]) => count >= least);
  kept.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return [UNKNOWN, ...kept.slice(0, most).map(([word]) => word)];
}
