import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import type { SplitFigures } from './contract.js';
import { givenSplitNode, timeSplitNode } from './worker.js';

interface Dealt {
  figures: SplitFigures;
  parts: Record<'train' | 'validation' | 'test' | 'unused', Record<string, unknown>[]>;
  sealed: string | undefined;
}

async function split(node: typeof timeSplitNode, table: InputArtifact, params: object): Promise<Dealt> {
  const { outputs } = await run(node, { params: params as Record<string, unknown>, inputs: { table } });
  const parts = {} as Dealt['parts'];
  for (const part of ['train', 'validation', 'test', 'unused'] as const) parts[part] = await rowsOf(outputs[part]);
  return { parts, figures: outputs['leaks']?.value as SplitFigures, sealed: outputs['test']?.ref.kind };
}

const times = (rows: readonly Record<string, unknown>[]): number[] => rows.map((row) => row['t'] as number);

test('parts follow one another by the gap or more, times never straddle, and every row is somewhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 80, maxLength: 120 }),
      fc.integer({ min: 0, max: 5 }),
      async (at, gap) => {
        const table = await tableOf(`t,n\n${at.map((t, i) => `${t},${i}`).join('\n')}\n`);
        const { parts, figures, sealed } = await split(timeSplitNode, table, {
          time: 't',
          gap,
          test: 0.25,
          validation: 0.25,
        });
        expect(sealed).toBe('sealed table');
        const counted = Object.values(parts).reduce((sum, rows) => sum + rows.length, 0);
        expect(counted).toBe(at.length);
        expect(parts.unused.length).toBe(figures.unused?.gap);
        const first = Math.min(...times(parts.validation));
        const second = Math.min(...times(parts.test));
        expect(Math.max(...times(parts.train))).toBeLessThan(first - gap);
        expect(Math.max(...times(parts.validation))).toBeLessThan(second - gap);
        expect(figures.times).toEqual([]);
      },
    ),
    { numRuns: 6 },
  );
});

describe('a table with days', () => {
  const days = Array.from({ length: 365 }, (_, i) => new Date(Date.UTC(2013, 0, 1 + i)).toISOString().slice(0, 10));
  const csv = (rows: readonly string[]): Promise<InputArtifact> => tableOf(`t,n\n${rows.join('\n')}\n`);

  test('is cut at moments, and later rows then change no part', async () => {
    const params = { time: 't', validationFrom: '2013-10-01', testFrom: '2013-11-01', gap: '7 days' };
    const one = await split(timeSplitNode, await csv(days.map((day, i) => `${day},${i}`)), params);
    expect(one.parts.train.at(-1)?.['t']).toBe('2013-09-23');
    expect([one.parts.validation[0]?.['t'], one.parts.validation.at(-1)?.['t']]).toEqual(['2013-10-01', '2013-10-24']);
    expect(one.parts.test[0]?.['t']).toBe('2013-11-01');
    expect(one.figures.unused).toEqual({ gap: 14, missing: 0, straddling: 0, other: 0 });
    expect(one.figures.warnings).toEqual([]);
    expect(one.figures.times[0]).toMatchObject({ column: 't', within: 0, train: ['2013-01-01', '2013-09-23'] });
    const more = await split(
      timeSplitNode,
      await csv([...days.map((day, i) => `${day},${i}`), '2014-01-05,400', '2014-02-01,401']),
      params,
    );
    expect([more.parts.train, more.parts.validation]).toEqual([one.parts.train, one.parts.validation]);
    expect(more.parts.test).toHaveLength(one.parts.test.length + 2);
  });

  test('with a group, later rows of one that an earlier part has are left out', async () => {
    const table = await tableOf(`t,g,n\n${days.map((day, i) => `${day},g${i % 100},${i}`).join('\n')}\n`);
    await expect(split(timeSplitNode, table, { time: 't', group: 'g' })).rejects.toThrow(/validation part has no rows/);
    const late = await tableOf(`t,g,n\n${days.map((day, i) => `${day},g${Math.floor(i / 20)},${i}`).join('\n')}\n`);
    const { parts, figures } = await split(timeSplitNode, late, { time: 't', group: 'g' });
    const groups = [parts.train, parts.validation, parts.test].map((rows) => new Set(rows.map((row) => row['g'])));
    const all = groups.flatMap((group) => [...group]);
    expect(new Set(all).size).toBe(all.length);
    expect(parts.unused).toHaveLength(figures.unused?.straddling ?? 0);
    expect(parts.unused.length).toBeGreaterThan(0);
  });

  test('rows without a time are refused, or kept apart and told', async () => {
    const table = await csv([...days.map((day, i) => `${day},${i}`), ',400', ',401']);
    await expect(split(timeSplitNode, table, { time: 't' })).rejects.toThrow(
      /2 of 367 rows have no time in column "t"/,
    );
    const { parts, figures } = await split(timeSplitNode, table, { time: 't', missing: 'leave out' });
    expect(figures.unused?.missing).toBe(2);
    expect(parts.unused.map((row) => row['n'])).toEqual([400, 401]);
  });

  test.each([
    ['a column of text', { time: 'c' }, /column "c" holds text, not time/],
    ['a gap that is no time', { time: 't', gap: 'a while' }, /the gap is no length of time[\s\S]*a while/],
    ['a moment that is none', { time: 't', testFrom: 'soon' }, /testFrom is no moment[\s\S]*soon/],
    [
      'moments in the wrong order',
      { time: 't', validationFrom: '2013-06-01', testFrom: '2013-05-01' },
      /validation would begin no earlier/,
    ],
    ['a gap that eats a part', { time: 't', gap: '400 days' }, /train part has no rows[\s\S]*shorter gap/],
    ['a column that is not there', { time: 'T1' }, /time names column "T1"/],
  ])('%s is refused', async (_name, params, message) => {
    const table = await tableOf(`t,c,n\n${days.map((day, i) => `${day},a,${i}`).join('\n')}\n`);
    await expect(split(timeSplitNode, table, params)).rejects.toThrow(message);
  });
});

describe('a column that names parts', () => {
  const given = (table: InputArtifact, params: object): Promise<Dealt> =>
    split(givenSplitNode as unknown as typeof timeSplitNode, table, params);

  test('deals rows as it says, under names of its own too', async () => {
    const table = await tableOf(
      `part,n\n${Array.from({ length: 90 }, (_, i) => `${['fit', 'tune', 'judge'][i % 3]},${i}`).join('\n')}\n`,
    );
    const { parts, sealed } = await given(table, {
      column: 'part',
      train: ['fit'],
      validation: ['tune'],
      test: ['judge'],
    });
    expect(sealed).toBe('sealed table');
    expect([parts.train, parts.validation, parts.test].map((rows) => new Set(rows.map((row) => row['part'])))).toEqual([
      new Set(['fit']),
      new Set(['tune']),
      new Set(['judge']),
    ]);
    expect(parts.train).toHaveLength(30);
  });

  test('refuses other values, or leaves their rows out', async () => {
    const table = await tableOf('part,n\ntrain,1\ntest,2\nTest,3\n,4\ntrain,5\n');
    await expect(given(table, { column: 'part' })).rejects.toThrow(/2 rows name no part[\s\S]*Test \(1 rows\)/);
    const { parts } = await given(table, { column: 'part', others: 'leave out' });
    expect(parts.unused.map((row) => row['n'])).toEqual([3, 4]);
    await expect(given(table, { column: 'part', validation: ['train'] })).rejects.toThrow(
      /named for train and for validation/,
    );
  });
});
