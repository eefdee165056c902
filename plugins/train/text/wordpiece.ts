import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import { tokenizerKind } from './tokenizer.js';
import { normalised, pieces } from './bert-words.js';

/** What marks the beginning and the end of a text, and what is unknown, by their words in the vocabulary. */
const marks = z.strictObject({
  unknown: z.string().default('[UNK]'),
  begin: z.string().default('[CLS]'),
  end: z.string().default('[SEP]'),
});

/** Splits words into the longest pieces that the vocabulary has (WordPiece, Schuster and Nakajima 2012; as BERT's, Devlin et al. 2019). */
export const wordpiece = tokenizerKind({
  name: 'wordpiece',
  settings: z.strictObject({
    tokenizer: z.literal('wordpiece'),
    lowercase: z.boolean().default(true),
    stripAccents: z.boolean().nullable().default(null).describe('null: where letters are made small'),
    cleanText: z.boolean().default(true),
    chineseApart: z.boolean().default(true).describe('each CJK sign is a word'),
    prefix: z.string().default('##').describe('of pieces within a word'),
    longest: z.number().int().min(1).default(100).describe('signs of a word; a longer one is unknown'),
    marks: marks.prefault({}),
    special: z.array(z.string()).default([]).describe('words that stand for themselves wherever they are in a text'),
  }),
  open(settings, vocabulary) {
    const { prefix, longest, marks: said } = settings;
    const codes = new Map(vocabulary.map((word, code) => [word, code]));
    const [unknown, begin, end] = [said.unknown, said.begin, said.end].map((word) => {
      const code = codes.get(word);
      if (code === undefined)
        throw new UserError(`the vocabulary has no word "${word}"`, {
          where: { field: 'tokenizer.marks' },
          expected: 'a word for what is unknown, for the beginning and for the end of a text',
        });
      return code;
    }) as [number, number, number];
    const special = settings.special.filter((word) => codes.has(word)).sort((a, b) => b.length - a.length);

    const ofWord = (word: string): readonly number[] => {
      const signs = [...word];
      if (signs.length > longest) return [unknown];
      const found: number[] = [];
      for (let from = 0; from < signs.length;) {
        let to = signs.length;
        let code: number | undefined;
        for (; to > from && code === undefined; to--)
          code = codes.get(`${from > 0 ? prefix : ''}${signs.slice(from, to).join('')}`);
        if (code === undefined) return [unknown];
        found.push(code);
        from = to + 1;
      }
      return found;
    };
    const ofPlain = (text: string): number[] => pieces(normalised(text, settings)).flatMap(ofWord);
    return {
      ends: 2,
      words: (text) =>
        apart(text, special).flatMap((part) => (part.special ? [codes.get(part.text)!] : ofPlain(part.text))),
      whole: (words) => [begin, ...words, end],
    };
  },
});

/** A text in its parts: special words, the longest first where several begin, and what is between them. */
function apart(text: string, special: readonly string[]): { readonly text: string; readonly special: boolean }[] {
  const parts: { text: string; special: boolean }[] = [];
  let from = 0;
  for (let at = 0; at < text.length;) {
    const word = special.find((one) => text.startsWith(one, at));
    if (word === undefined) {
      at++;
      continue;
    }
    if (at > from) parts.push({ text: text.slice(from, at), special: false });
    parts.push({ text: word, special: true });
    at += word.length;
    from = at;
  }
  if (from < text.length) parts.push({ text: text.slice(from), special: false });
  return parts;
}
