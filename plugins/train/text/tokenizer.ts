import type { z } from 'zod';

/** Makes codes of texts. It holds no state between calls. */
export interface Tokenizer {
  /** Codes that `whole` adds to those of the words. */
  readonly ends: number;
  /** Codes of a text's words, each below the size of the vocabulary. */
  words(text: string): readonly number[];
  /** What a net gets: the words with what marks their beginning and end. */
  whole(words: readonly number[]): readonly number[];
}

/** A way to make codes of texts: its settings as plain data, and its work, which training and serving share. */
export interface TokenizerKind<Settings extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** With the literal `tokenizer`. */
  readonly settings: Settings;
  /** A word's code is its place in the vocabulary. Throws a UserError where that lacks a word that is needed. */
  open(settings: z.output<Settings>, vocabulary: readonly string[]): Tokenizer;
}

export const tokenizerKind = <Settings extends z.ZodObject>(kind: TokenizerKind<Settings>): TokenizerKind<Settings> =>
  kind;
