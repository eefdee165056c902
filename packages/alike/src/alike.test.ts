import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sql, withDatabase, type Database } from '@trainyard/tables';
import { findAlike, perceptualHash, readPicture, shinglesOf, similarityOf } from './index.js';

const reference = JSON.parse(await readFile(new URL('../reference/alike.json', import.meta.url), 'utf8')) as {
  texts: string[];
  pairs: [number, number][];
  datasketch: [number, number][];
  pictures: { kind: string; image: string; phash: string }[];
  transparent: { kind: string; image: string; phash: string }[];
};

const bits = (number: bigint): number => number.toString(2).replaceAll('0', '').length;
const bytesOf = (image: string): Buffer => Buffer.from(image, 'base64');

async function rowsOf(
  database: Database,
  contents: readonly (string | null)[],
  rest = (_: number) => '',
): Promise<void> {
  const columns = [
    { name: 'nth', type: 'integer' },
    { name: 'content', type: 'text' },
    { name: 'rest', type: 'text' },
  ] as const;
  await database.insert(
    'given',
    columns,
    contents.map((content, nth) => ({ nth, content, rest: rest(nth) })),
  );
}

async function pairsOf(
  contents: readonly (string | null)[],
  by: Parameters<typeof findAlike>[1]['by'],
  rest?: (i: number) => string,
) {
  return withDatabase({}, async (database) => {
    await rowsOf(database, contents, rest);
    const { pairs } = await findAlike(database, { rows: sql`given`, by, name: 'test' });
    const found = await database.rows<{ a: number; b: number }>(sql`FROM ${pairs} ORDER BY a, b`);
    return found.map(({ a, b }) => [a, b]);
  });
}

test('pictures have the hash of imagehash: PNG to the bit, JPEG to four of 64', () => {
  for (const { kind, image, phash } of [...reference.pictures, ...reference.transparent]) {
    const apart = bits(perceptualHash(readPicture(bytesOf(image))) ^ BigInt(`0x${phash}`));
    // Decoders of JPEG differ in how they bring colours to full size.
    expect(apart, kind).toBeLessThanOrEqual(kind.startsWith('jpeg') ? 4 : 0);
  }
});

test('pictures that are drawn in their opacity alone are told apart, and from white', () => {
  const drawn = reference.transparent.filter(({ kind }) => kind === 'black of an opacity');
  const hashes = drawn.map(({ image }) => perceptualHash(readPicture(bytesOf(image))));
  expect(hashes.length).toBeGreaterThan(2);
  hashes.forEach((one, i) => {
    expect(bits(one)).toBeGreaterThan(20);
    for (const other of hashes.slice(i + 1)) expect(bits(one ^ other)).toBeGreaterThan(10);
  });
});

test('no pair of similar texts is overlooked, nor any that datasketch finds', async () => {
  expect(reference.pairs.length).toBeGreaterThan(40);
  expect(reference.datasketch.length).toBeGreaterThan(40);
  const found = await pairsOf(reference.texts, { similarity: 0.8 });
  expect(found).toEqual(reference.pairs);
  for (const pair of reference.datasketch) expect(found).toContainEqual(pair);
  const apart = await pairsOf(reference.texts, { similarity: 0.8 }, (i) => String(i % 2));
  expect(apart).toEqual(reference.pairs.filter(([a, b]) => a % 2 === b % 2));
});

test.each([0.5, 0.65, 0.7, 0.75])(
  'of pairs that are hardly as similar as %d none is overlooked',
  async (similarity) => {
    let seed = 9;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const words = (count: number): string[] =>
      Array.from({ length: count }, () =>
        Array.from({ length: 5 }, () => String.fromCharCode(97 + random(26))).join(''),
      );
    // Each text, and one that has so many of its 20 words that the share of pieces lies about there.
    const shared = Math.round((20 * 2 * similarity) / (1 + similarity) + 0.7);
    const texts = Array.from({ length: 250 }, () => words(20)).flatMap((own) => [
      own.join(' '),
      [...own.slice(0, shared), ...words(20 - shared)].join(' '),
    ]);
    const pieces = texts.map((text) => shinglesOf(text));
    const expected = texts.flatMap((_, b) =>
      pieces.slice(0, b).flatMap((one, a) => (similarityOf(one, pieces[b]!) >= similarity ? [[a, b]] : [])),
    );
    expect(expected.length).toBeGreaterThan(150);
    const least = Math.min(...expected.map(([a, b]) => similarityOf(pieces[a!]!, pieces[b!]!)));
    expect(least).toBeLessThan(similarity + 0.1);
    const found = await pairsOf(texts, { similarity });
    expect(found.toSorted(([, a], [, b]) => a! - b!)).toEqual(expected);
  },
);

test('of hashes no pair is overlooked, whatever bits differ', async () => {
  const near = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.uniqueArray(fc.nat(63), { maxLength: 8 }));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(near, { minLength: 5, maxLength: 12 }), fc.nat(10), async (given, distance) => {
      const hashes = [
        ...new Set(
          given.flatMap(([hash, flips]) => [hash, flips.reduce((all, bit) => all ^ (1n << BigInt(bit)), hash)]),
        ),
      ];
      const expected = hashes.flatMap((one, a) =>
        hashes.flatMap((other, b) => (a < b && bits(one ^ other) <= distance ? [[a, b]] : [])),
      );
      expect(await pairsOf(hashes.map(String), { distance })).toEqual(expected);
    }),
    { numRuns: 8 },
  );
});

test('rows of equal content are one unit, and rows without content are in none', async () => {
  await withDatabase({}, async (database) => {
    await rowsOf(database, ['a b c d e f', null, 'a b c d e f', '', 'x y z'], (i) => (i === 4 ? 'other' : ''));
    const { members } = await findAlike(database, { rows: sql`given`, by: { similarity: 0.9 }, name: 'test' });
    const found = await database.rows(sql`SELECT nth, unit FROM ${members} ORDER BY nth`);
    expect(found).toEqual([
      { nth: 0, unit: 0 },
      { nth: 2, unit: 0 },
      { nth: 4, unit: 4 },
    ]);
  });
});
