import { describe, expect, test } from 'vitest';
import { readTokenizer } from './huggingface.js';
import { openTokenizer, tokenizerSchema, writeCodes } from './registry.js';
import { digestOf, reference, vocabulary, wordpieceOf } from './tokens.test-part.js';
import { learnWords } from './words.js';

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
      // A tenth of the blocks here, in turn by kind; all of them in signs.real.test.ts.
      for (const [first, digest] of signs.filter((_, i) => i % 10 === 0))
        expect(digestOf(tokenizer, first)).toBe(digest);
    });
  }
});

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

test('a vocabulary where two words have one code and a code has no word is refused', () => {
  const mark = (id: string): object => ({ SpecialToken: { id } });
  const given = {
    added_tokens: [],
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [mark('[CLS]'), { Sequence: { id: 'A' } }, mark('[SEP]')],
    },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: { a: 0, b: 0, c: 2 },
    },
  };
  expect(() => readTokenizer(JSON.stringify(given), 'tokenizer.json')).toThrow(/codes of the vocabulary are not 0, 1/);
});
