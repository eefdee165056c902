import { z } from 'zod';
import { wordpiece } from './wordpiece.js';
import { words } from './words.js';
import type { Tokenizer, TokenizerKind } from './tokenizer.js';

const KINDS = [wordpiece, words] as const;
const BY_NAME = new Map<string, TokenizerKind>(KINDS.map((kind) => [kind.name, kind as unknown as TokenizerKind]));

/** A tokenizer as plain data. */
export const tokenizerSchema = z.discriminatedUnion('tokenizer', [wordpiece.settings, words.settings]);
export type TokenizerSettings = z.output<typeof tokenizerSchema>;

/** How a column of text becomes codes, as plain data; the vocabulary stands in a file of its own. */
export const textSchema = z.object({
  /** Codes that a row has: longer texts are cut, shorter ones padded. */
  steps: z.number().int().min(1).max(4096),
  tokenizer: tokenizerSchema,
});
export type TextSettings = z.output<typeof textSchema>;

/** What stands where a text has ended: no code. */
export const PADDING = -1;

export const openTokenizer = (settings: TokenizerSettings, vocabulary: readonly string[]): Tokenizer =>
  BY_NAME.get(settings.tokenizer)!.open(settings, vocabulary);

/** Writes a text's codes and padding, `[steps]`, at a place. What is missing is a text without a word. */
export function writeCodes(
  tokenizer: Tokenizer,
  text: string | null,
  steps: number,
  into: Float64Array,
  at: number,
): void {
  const words = tokenizer.words(text ?? '').slice(0, Math.max(0, steps - tokenizer.ends));
  const codes = tokenizer.whole(words);
  into.fill(PADDING, at, at + steps);
  into.set(codes.slice(0, steps), at);
}
