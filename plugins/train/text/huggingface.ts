import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import type { Json } from '../../../core/index.js';
import { readJson } from '../pretrained/read-json.js';

/** The part of a `tokenizer.json` that we read: https://github.com/huggingface/tokenizers */
const schema = z.looseObject({
  added_tokens: z.array(z.looseObject({ content: z.string(), special: z.boolean(), normalized: z.boolean() })),
  normalizer: z.looseObject({
    type: z.literal('BertNormalizer'),
    clean_text: z.boolean(),
    handle_chinese_chars: z.boolean(),
    strip_accents: z.boolean().nullable(),
    lowercase: z.boolean(),
  }),
  pre_tokenizer: z.looseObject({ type: z.literal('BertPreTokenizer') }),
  post_processor: z.looseObject({
    type: z.literal('TemplateProcessing'),
    single: z.array(
      z.union([
        z.object({ SpecialToken: z.object({ id: z.string() }) }),
        z.object({ Sequence: z.object({ id: z.literal('A') }) }),
      ]),
    ),
  }),
  model: z.looseObject({
    type: z.literal('WordPiece'),
    unk_token: z.string(),
    continuing_subword_prefix: z.string(),
    max_input_chars_per_word: z.number(),
    vocab: z.record(z.string(), z.number().int().nonnegative()),
  }),
});

/** A tokenizer's settings and words from a `tokenizer.json`. Throws a UserError naming what is not as BERT has it. */
export function readTokenizer(text: string, file: string): { readonly tokenizer: Json; readonly vocabulary: string[] } {
  const parsed = schema.safeParse(readJson(text, file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(`the tokenizer has no counterpart here: ${issue!.path.join('.')}: ${issue!.message}`, {
      where: { file, field: issue!.path.join('.') },
      expected: 'WordPiece with BertNormalizer, BertPreTokenizer and TemplateProcessing, as BERT and its kin have',
      remedy: 'give the rows as codes (train.layeredNet), or take weights whose tokenizer is of BERT',
    });
  }
  const { normalizer, model, added_tokens: added, post_processor: ends } = parsed.data;
  const [begin, sequence, end] = ends.single;
  if (
    ends.single.length !== 3 ||
    !('SpecialToken' in begin!) ||
    !('Sequence' in sequence!) ||
    !('SpecialToken' in end!)
  )
    throw new UserError('the tokenizer marks texts in a way that has no counterpart here', {
      where: { file, field: 'post_processor.single' },
      expected: 'one mark, the text, one mark',
    });
  const odd = added.find(({ special, normalized }) => !special || normalized);
  if (odd)
    throw new UserError(`the tokenizer adds "${odd.content}", a word that is not special`, {
      where: { file, field: 'added_tokens' },
      expected: 'special words alone',
    });
  const vocabulary: string[] = [];
  for (const [word, code] of Object.entries(model.vocab)) vocabulary[code] = word;
  // Two words of one code, and a code of no word.
  const words = Object.keys(model.vocab).length;
  if (vocabulary.length !== words || Object.keys(vocabulary).length !== words)
    throw new UserError('the codes of the vocabulary are not 0, 1, 2 and so on', {
      where: { file, field: 'model.vocab' },
    });
  return {
    tokenizer: {
      tokenizer: 'wordpiece',
      lowercase: normalizer.lowercase,
      stripAccents: normalizer.strip_accents,
      cleanText: normalizer.clean_text,
      chineseApart: normalizer.handle_chinese_chars,
      prefix: model.continuing_subword_prefix,
      longest: model.max_input_chars_per_word,
      marks: { unknown: model.unk_token, begin: begin.SpecialToken.id, end: end.SpecialToken.id },
      special: added.map(({ content }) => content),
    },
    vocabulary,
  };
}
