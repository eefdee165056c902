import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openTokenizer, tokenizerSchema } from './registry.js';

const at = (file: string): string => readFileSync(new URL(`reference/${file}`, import.meta.url), 'utf8');

/** What HuggingFace's tokenizers do; made by reference/make-tokens.py. */
export const reference = JSON.parse(at('tokens.json')) as {
  texts: string[];
  kinds: {
    lowercase: boolean;
    stripAccents: boolean | null;
    ids: number[][];
    signs: [first: number, digest: string][];
  }[];
};
export const vocabulary = at('vocabulary.txt').trimEnd().split('\n');
const special = vocabulary.slice(0, 5);

export const wordpieceOf = (more: object) =>
  openTokenizer(tokenizerSchema.parse({ tokenizer: 'wordpiece', special, ...more }), vocabulary);

/** Digest of the codes of 4,096 signs, each between two letters. */
export function digestOf({ words }: { words(text: string): readonly number[] }, first: number): string {
  const lines: string[] = [];
  for (let sign = first; sign < first + 4096; sign++)
    if (sign < 0xd800 || sign >= 0xe000) lines.push(words(`a${String.fromCodePoint(sign)}b`).join(' '));
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}
