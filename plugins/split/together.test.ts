import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import type { SplitFigures } from './contract.js';
import { PARTS, type Part } from './place.js';
import { randomSplitNode, stratifiedSplitNode } from './worker.js';

interface Dealt {
  figures: SplitFigures;
  where: Map<unknown, Part>;
}

async function deal(table: InputArtifact, params: Record<string, unknown>): Promise<Dealt> {
  const node = 'label' in params ? stratifiedSplitNode : randomSplitNode;
  const { outputs } = await run(node, { params, inputs: { table } });
  const where = new Map<unknown, Part>();
  for (const part of PARTS) for (const row of await rowsOf(outputs[part])) where.set(row['_row'], part);
  return { where, figures: outputs['leaks']?.value as SplitFigures };
}

/** A table whose identity is a key that is no column of it. */
const keyed = (
  rows: readonly string[],
  columns: Readonly<Record<string, 'integer' | 'number' | 'text'>>,
): Promise<InputArtifact> =>
  tableOf(`k,${Object.keys(columns).join(',')}\n${rows.join('\n')}\n`, {
    key: ['k'],
    schema: { columns: Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, { type }])) },
  });

test('rows that are equal under other keys stay together, and rows that are added move none', async () => {
  const rows = Array.from({ length: 240 }, (_, i) => `k${i},${i % 80},${(i % 80) * 3}`);
  const table = await keyed(rows, { a: 'integer', b: 'integer' });
  const { where, figures } = await deal(table, {});
  for (let i = 0; i < 240; i++) expect(where.get(`k${i}`)).toBe(where.get(`k${i % 80}`));
  expect(figures.together).toEqual({ sets: 80, rows: 240, largest: 3 });
  expect(figures.duplicates).toEqual({ testInTrain: 0, testInValidation: 0, validationInTrain: 0 });
  const more = await deal(
    await keyed([...Array.from({ length: 60 }, (_, i) => `new${i},${i % 90},${(i % 90) * 3}`), ...rows], {
      a: 'integer',
      b: 'integer',
    }),
    {},
  );
  for (const [row, part] of where) expect(more.where.get(row)).toBe(part);
});

test('rows that are equal but for case, white space and last digits stay together where that is asked for', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => {
    const [n, copy] = [i % 100, i >= 100];
    return `k${i},${i},${copy ? `"  Word ${n} "` : `word  ${n}`},${copy ? 1000.00001 * (n + 1) : 1000 * (n + 1)}`;
  });
  const table = await keyed(rows, { id: 'integer', text: 'text', x: 'number' });
  const { where, figures } = await deal(table, { near: { except: ['id'] } });
  for (let i = 0; i < 100; i++) expect(where.get(`k${i}`)).toBe(where.get(`k${i + 100}`));
  expect(figures.near).toEqual({ testInTrain: 0, testInValidation: 0, validationInTrain: 0, except: ['id'] });
  const { figures: apart } = await deal(table, {});
  expect(apart.near.testInTrain).toBeGreaterThan(0);
  expect(apart.near.except).toEqual(['id']);
  expect(apart.warnings.join('\n')).toMatch(
    /more rows of the test part equal rows outside it but for case[\s\S]*near: \{ except: \['id'\] \}/,
  );
});

test('groups that have equal rows in common stay together, along any chain of them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(30), fc.nat(40)), { minLength: 60, maxLength: 90 }), async (pairs) => {
      const rows = pairs.map(([, value], i) => `k${i},${value}`);
      const all = [...rows, ...Array.from({ length: 300 }, (_, i) => `x${i},${1000 + i}`)];
      const groups = [...pairs.map(([group]) => `g${group}`), ...Array.from({ length: 300 }, (_, i) => `h${i}`)];
      // The group itself is no cell that is compared.
      const table = await keyed(
        all.map((row, i) => `${row},${groups[i]}`),
        { value: 'integer', g: 'text' },
      );
      const { where } = await deal(table, { group: 'g', near: { columns: ['value'] } });
      // Connected components by hand.
      const parent = new Map<string, string>();
      const find = (one: string): string => {
        const up = parent.get(one);
        return up === undefined || up === one ? one : find(up);
      };
      pairs.forEach(([group, value]) => parent.set(find(`g${group}`), find(`v${value}`)));
      const partOf = new Map<string, Set<unknown>>();
      pairs.forEach(([group], i) => {
        const root = find(`g${group}`);
        partOf.set(root, (partOf.get(root) ?? new Set()).add(where.get(`k${i}`)));
      });
      expect([...partOf.values()].every((parts) => parts.size === 1)).toBe(true);
    }),
    { numRuns: 4 },
  );
});

test('whole groups come as near to the shares of each class as they can', async () => {
  const rows = Array.from({ length: 900 }, (_, i) => `k${i},${i % 9 < 3 ? 'a' : 'b'},g${Math.floor(i / 9)}`);
  const table = await keyed(rows, { c: 'text', g: 'text' });
  const { where, figures } = await deal(table, { label: 'c', group: 'g', exact: true, test: 0.2, validation: 0.1 });
  expect(figures.rows).toEqual({ test: 180, validation: 90, train: 630 });
  expect(figures.classes.map(({ test }) => test)).toEqual([60, 120]);
  for (let i = 0; i < 900; i++) expect(where.get(`k${i}`)).toBe(where.get(`k${i - (i % 9)}`));
});

test('an identifier that tells the label, on both sides of a split, is warned of by name', async () => {
  const label = (patient: number): string => ((patient * 7) % 3 === 0 ? 'ill' : 'well');
  const rows = Array.from({ length: 600 }, (_, i) => `k${i},${label(i % 100)},p${i % 100},${i % 17}`);
  const table = await keyed(rows, { c: 'text', patient: 'text', x: 'integer' });
  const { figures } = await deal(table, { label: 'c' });
  expect(figures.overlaps.map(({ column }) => column)).toEqual(['patient']);
  expect(figures.overlaps[0]?.tells).toBe(1);
  expect(figures.warnings.join('\n')).toMatch(
    /column patient has in the test part stand in training too[\s\S]*split with group: 'patient'/,
  );
  const { figures: grouped } = await deal(table, { label: 'c', group: 'patient' });
  expect(grouped.overlaps).toEqual([]);
  expect(grouped.warnings.join('\n')).not.toMatch(/patient/);
});

test('an identifier whose order tells the label is warned of by name', async () => {
  const rows = Array.from({ length: 600 }, (_, i) => `k${i},${i < 300 ? 'a' : 'b'},${i + 10_000},${(i * 7919) % 600}`);
  const { figures } = await deal(await keyed(rows, { c: 'text', number: 'integer', other: 'integer' }), { label: 'c' });
  const said = figures.warnings.filter((one) => one.includes('by its order alone'));
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^column number tells the label c/);
});

test('texts that are similar stay together, along any chain, where that is asked for', async () => {
  const textOf = (n: number): string[] =>
    Array.from({ length: 40 }, (_, i) => `w${(n * n * 31 + i * i * 17 + n * i * 13) % 997}x`);
  const rows = Array.from({ length: 60 }, (_, n) => {
    const text = textOf(n);
    // Its copies each differ from the one before by one word more.
    return [0, 1, 2].map(
      (copy) =>
        `k${n}-${copy},"${text.map((word, i) => (i < copy ? `other${i}` : word)).join(copy === 1 ? ', ' : ' ')}"`,
    );
  }).flat();
  const table = await keyed(rows, { text: 'text' });
  const { where, figures } = await deal(table, { near: { columns: ['text'], similarity: 0.8 } });
  for (let n = 0; n < 60; n++) expect(new Set([0, 1, 2].map((copy) => where.get(`k${n}-${copy}`))).size).toBe(1);
  expect(figures.together).toEqual({ sets: 60, rows: 180, largest: 3 });
  expect(figures.near.testInTrain).toBe(0);
  const apart = await deal(table, {});
  expect(
    Array.from({ length: 60 }, (_, n) => new Set([0, 1, 2].map((copy) => apart.where.get(`k${n}-${copy}`))).size),
  ).toContain(2);
});

test('pictures that look alike stay together, also where other cells differ, and what cannot be compared is refused', async () => {
  const { pictures } = JSON.parse(
    await readFile(new URL('../../packages/alike/reference/alike.json', import.meta.url), 'utf8'),
  ) as { pictures: { of: number; image: string }[] };
  const rows = [0, 1, 2].flatMap((copy) =>
    pictures.map(({ of, image }, i) => `k${i}-${copy},f${i}-${copy},${image},${of}`),
  );
  const names = { file: 'text', image: 'text', of: 'integer' } as const;
  const near = { picture: 'image', distance: 6 };
  const { where, figures } = await deal(await keyed(rows, names), { near, validation: 0.3, test: 0.3 });
  expect(figures.together).toEqual({ sets: 6, rows: rows.length, largest: rows.length / 6 });
  const partsOf = (of: number) =>
    new Set(pictures.flatMap((one, i) => (one.of === of ? [0, 1, 2].map((copy) => where.get(`k${i}-${copy}`)) : [])));
  for (let of = 0; of < 6; of++) expect(partsOf(of).size).toBe(1);
  // With other columns only rows that nearly agree there are bound.
  const split = await deal(await keyed(rows, names), {
    near: { ...near, columns: ['file'] },
    validation: 0.3,
    test: 0.3,
  });
  expect(split.figures.together.sets).toBe(0);
  const odd = await keyed([...rows, 'x,f,R0lGODlhAQABAAAAACw=,9'], names);
  await expect(deal(odd, { near })).rejects.toThrow(
    /1 pictures of column "image" cannot be compared[\s\S]*PNG or JPEG/,
  );
  await expect(deal(odd, { near: { ...near, similarity: 0.8 } })).rejects.toThrow(/either texts or pictures/);
});
