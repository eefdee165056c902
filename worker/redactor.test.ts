import fc from 'fast-check';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { OutputLines } from './output-lines.js';
import { Redactor } from './redactor.js';

const VALUE = 'pa"ss wörd/ü+\\1!*(2)';
const redactor = (...values: string[]): Redactor => {
  const made = new Redactor();
  values.forEach((value, at) => made.add(`s${at}`, value));
  return made;
};

test.each([
  ['as it is', VALUE],
  ['in JSON', JSON.stringify({ password: VALUE })],
  ['in JSON in JSON', JSON.stringify(JSON.stringify({ password: VALUE }))],
  ['in a URL', `https://user:${encodeURIComponent(VALUE)}@host`],
  ['in a URL with small digits', encodeURIComponent(VALUE).replace(/%../g, (code) => code.toLowerCase())],
  ['in a form', new URLSearchParams({ a: '1', password: VALUE, b: '2' }).toString()],
  ['in base64', Buffer.from(VALUE).toString('base64')],
  ['in base64 for URLs', Buffer.from(VALUE).toString('base64url')],
])('a value is hidden %s', (_, text) => {
  const clean = redactor(VALUE).clean(`before ${text} after`);
  expect(clean).toMatch(/^before .*•••.* after$/);
  for (const part of ['ss w', 'ss+w', 'w%C3', '(2)', Buffer.from(VALUE).toString('base64').slice(3, 12)])
    expect(clean.includes(part), part).toBe(false);
});

test('a value is hidden in base64 wherever it stands in what was encoded', () => {
  const secret = 'correct horse battery';
  const hiding = redactor(secret);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), fc.uint8Array({ maxLength: 12 }), (before, after) => {
      const clean = hiding.clean(Buffer.concat([before, Buffer.from(secret), after]).toString('base64'));
      expect(clean).toContain('•••');
      // Of the value at most the signs are left that it shares with its neighbours.
      expect(clean.length).toBeLessThanOrEqual(Math.ceil(before.length / 3) * 4 + Math.ceil(after.length / 3) * 4 + 7);
    }),
  );
  const basic = Buffer.from(`user:${secret}`).toString('base64');
  expect(Buffer.from(hiding.clean(basic).split('•••')[0] ?? '', 'base64').toString()).toMatch(/^user:?$/);
});

test('a value is hidden wherever the chunks are cut, and lines and characters stay whole', async () => {
  const text = `läng 1\nkey ${VALUE} end\n-----\nline one of a key 1\nline two of a key 2\n-----\nlast €`;
  const bytes = Buffer.from(text);
  const hiding = redactor(VALUE, 'line one of a key 1\nline two of a key 2');
  const wanted = ['läng 1', 'key ••• end', '-----', '•••', '-----', 'last €'];
  for (let first = 0; first <= bytes.length; first += 3) {
    for (let second = first; second <= bytes.length; second += 7) {
      const source = new PassThrough();
      const lines: string[] = [];
      const output = new OutputLines([source], hiding);
      output.listen((line) => lines.push(line));
      for (const chunk of [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)])
        if (chunk.length > 0) source.write(chunk);
      await new Promise((next) => setImmediate(next));
      output.close();
      expect(lines).toEqual(wanted);
    }
  }
});

test('a value at the cut of a line that never ends is hidden too', async () => {
  const source = new PassThrough({ highWaterMark: 10_000_000 });
  const lines: string[] = [];
  const output = new OutputLines([source], redactor('correct horse'));
  output.listen((line) => lines.push(line));
  for (let n = 0; n < 40_000; n++) source.write(n % 2 === 0 ? 'xxxxxxxxxxxxxxcorrect ho' : 'rseyyyyyyy');
  await new Promise((next) => setImmediate(next));
  output.close();
  const all = lines.join('');
  expect(all).toBe('xxxxxxxxxxxxxx•••yyyyyyy'.repeat(20_000));
  expect(lines.length).toBeGreaterThan(1);
});

test('a short value is hidden where it stands alone, not within other words', () => {
  expect(redactor('abc').clean('abcdef abc "abc" x=abc')).toBe('abcdef ••• "•••" x=•••');
});
