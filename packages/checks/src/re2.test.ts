import { sql, withDatabase } from '@trainyard/tables';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asRe2 } from './re2.js';

const sign = fc.constantFrom(...'abAZ09_ -./\n\r\t\u00a0\u2028é😀[]{}()');
const set = fc
  .array(fc.constantFrom('a', 'b-z', 'A-Z', '\\d', '\\w', '\\s', '\\W', '[', '\\]', '.', 'é', '\\u{1f600}', '\\-'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''));
const atom = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'Z',
    '0',
    ' ',
    '_',
    '\\.',
    '\\/',
    '\\d',
    '\\D',
    '\\w',
    '\\s',
    '\\S',
    '.',
    '\\b',
    '\\x41',
    '\\u00e9',
    '😀',
  ),
  set.map((inner) => `[${inner}]`),
  set.map((inner) => `[^${inner}]`),
);
const piece = fc
  .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?'))
  .map(([one, many]) => (one === '\\b' ? one : one + many));
const sequence = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
const expression = fc
  .tuple(
    fc.constantFrom('', '^'),
    sequence,
    fc.constantFrom('', '(?:a|b\\d)', '(x)', '|[A-Z]+'),
    fc.constantFrom('', '$'),
  )
  .map((parts) => parts.join(''));

it('means the same to the database as to JavaScript', async () => {
  const asked = fc
    .sample(fc.tuple(expression, fc.array(fc.string({ unit: sign, maxLength: 8 }), { minLength: 8, maxLength: 8 })), {
      seed: 7,
      numRuns: 500,
    })
    .flatMap(([source, texts]) => {
      const translated = asRe2(source);
      return translated === undefined ? [] : texts.map((text) => ({ source, translated, text }));
    });
  expect(asked.length).toBeGreaterThan(3000);
  const found = await withDatabase({}, async (database) => {
    const columns = ['source', 'translated', 'text'].map((name) => ({ name, type: 'text' as const }));
    await database.insert('asked', columns, asked);
    return database.rows<{ matches: boolean }>(sql`SELECT regexp_matches(text, translated) AS matches FROM asked`);
  });
  expect(found.filter(({ matches }) => matches).length).toBeGreaterThan(300);
  asked.forEach(({ source, translated, text }, i) =>
    expect(found[i]?.matches, `/${source}/ as ${translated} on ${JSON.stringify(text)}`).toBe(
      new RegExp(source, 'u').test(text),
    ),
  );
});

it.each(['(?=a)', '(?<!a)b', '(a)\\1', '(?<n>a)', '\\p{L}', 'a{2000}', '[\\S]', '\\ud83d\\ude00'])(
  'leaves /%s/ to JavaScript',
  (source) => expect(asRe2(source)).toBeUndefined(),
);
