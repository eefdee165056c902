import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readTokenizer } from './huggingface.js';
import { openTokenizer, tokenizerSchema, writeCodes } from './registry.js';
import { learnWords } from './words.js';

const at = (file: string): string => readFileSync(new URL(`reference/${file}`, import.meta.url), 'utf8');
/** What HuggingFace's tokenizers do; made by reference/make-tokens.py. */
const reference = JSON.parse(at('tokens.json')) as {
  texts: string[];
  kinds: {
    lowercase: boolean;
    stripAccents: boolean | null;
    ids: number[][];
    signs: [first: number, digest: string][];
  }[];
};
const vocabulary = at('vocabulary.txt').trimEnd().split('\n');
const special = vocabulary.slice(0, 5);
const wordpieceOf = (more: object) =>
  openTokenizer(tokenizerSchema.parse({ tokenizer: 'wordpiece', special, ...more }), vocabulary);

describe('WordPiece gives what HuggingFace’s tokenizers give', () => {
  for (const { lowercase, stripAccents, ids, signs } of reference.kinds) {
    const tokenizer = wordpieceOf({ lowercase, stripAccents });
    const said = `lowercase ${lowercase}, strip accents ${stripAccents}`;
    test(`for odd texts: ${said}`, () => {
      reference.texts.forEach((text, i) =>
        expect(tokenizer.whole(tokenizer.words(text)), JSON.stringify(text)).toEqual(ids[i]),
      );
    });
    test(`for every sign of Unicode’s first planes: ${said}`, () => {
      // A tenth of the blocks here, in turn by kind; all of them in text.long.test.ts.
      for (const [first, digest] of signs.filter((_, i) => i % 10 === 0))
        expect(digestOf(tokenizer, first)).toBe(digest);
    });
  }
});

function digestOf({ words }: { words(text: string): readonly number[] }, first: number): string {
  const lines: string[] = [];
  for (let sign = first; sign < first + 4096; sign++)
    if (sign < 0xd800 || sign >= 0xe000) lines.push(words(`a${String.fromCodePoint(sign)}b`).join(' '));
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}

test('a text is cut before what marks its end, and padded with no code', () => {
  const tokenizer = wordpieceOf({});
  const codes = new Float64Array(12);
  writeCodes(tokenizer, 'the cat the cat the cat', 5, codes, 0);
  writeCodes(tokenizer, null, 5, codes, 6);
  const [the, cat] = ['the', 'cat'].map((word) => vocabulary.indexOf(word));
  expect([...codes]).toEqual([2, the, cat, the, 3, 0, 2, 3, -1, -1, -1, 0]);
});

test('a vocabulary of words is the same whatever the order of the texts', () => {
  const texts = ['The cat, the CAT', 'a dog and a cat', 'Été été'];
  const learned = learnWords(texts, { most: 5, least: 2 });
  expect(learned).toEqual(['[UNK]', 'cat', 'a', 'ete', 'the']);
  expect(learnWords(texts.toReversed(), { most: 5, least: 2 })).toEqual(learned);
  const tokenizer = openTokenizer({ tokenizer: 'words' }, learned);
  expect(tokenizer.words('the cat is a lion')).toEqual([4, 1, 0, 2, 0]);
});

test('a tokenizer without a counterpart is refused, and says what it is', () => {
  const bpe = { added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, model: { type: 'BPE' } };
  expect(() => readTokenizer(JSON.stringify(bpe), 'tokenizer.json')).toThrow(/no counterpart here: normalizer/);
  expect(() => readTokenizer('{', 'tokenizer.json')).toThrow(/is not JSON/);
  expect(() => openTokenizer(tokenizerSchema.parse({ tokenizer: 'wordpiece' }), ['a'])).toThrow(/no word "\[UNK\]"/);
});
