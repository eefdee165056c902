import { expect, it } from 'vitest';
import { z } from 'zod';
import { pipeline } from '../../core/index.js';
import { readParams } from './params.js';

const read = (field: z.ZodType, text: string): Promise<unknown> =>
  readParams(pipeline('p', { params: z.object({ a: field }) }, () => Promise.resolve(undefined)) as never, {
    param: [`a=${text}`],
  }).then((given) => (given as { a?: unknown }).a);

it.each([
  ['a text', z.string(), '00123', '00123'],
  ['a text that may be null', z.string().nullable(), '2013', '2013'],
  ['a text that is null', z.string().nullable(), 'null', null],
  ['a text with a default', z.string().nullable().default(null), '2013', '2013'],
  ['one of some digits', z.enum(['2013', '2014']), '2013', '2013'],
  ['one of some digits in quotes', z.enum(['2013', '2014']), '"2013"', '2013'],
  ['one of some words that JSON knows', z.enum(['true', 'false', 'auto']), 'true', 'true'],
  ['a literal', z.literal('1'), '1', '1'],
  [
    'text or a number: every digit stays',
    z.union([z.string(), z.number()]),
    '12345678901234567890',
    '12345678901234567890',
  ],
  ['text or a number: the last zero stays', z.union([z.string(), z.number()]), '1.10', '1.10'],
  ['a date', z.iso.date(), '2013-01-01', '2013-01-01'],
  ['a number', z.number(), '1.5e3', 1500],
  ['a whole number', z.int(), '12', 12],
  ['a number or a word', z.union([z.number(), z.literal('auto')]), '5', 5],
  ['a word or a number', z.union([z.number(), z.literal('auto')]), 'auto', 'auto'],
  ['yes or no', z.boolean(), 'true', true],
  ['a list', z.array(z.string()), '["1","2"]', ['1', '2']],
  ['anything', z.unknown(), '5', 5],
])('digits on the command line: %s', async (_, field, text, value) => {
  expect(await read(field, text)).toEqual(value);
});

it('a number with more digits than a number keeps is refused, not rounded', async () => {
  await expect(read(z.number(), '12345678901234567890')).rejects.toMatchObject({
    code: 'TY-PARAM',
    message: expect.stringContaining('it would become 12345678901234567000') as string,
  });
});
