import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import type { Handle, SealedTable, Table } from '../../core/index.js';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import type { TableRow } from '@trainyard/tables';
import type { FoldFigures } from './contract.js';
import { folds, nested } from './index.js';
import { assignFoldsNode, takeFoldNode, takeOuterFoldNode } from './worker.js';

interface Reference {
  assignment: { folds: Record<string, number> };
  time: {
    rows: number;
    k: number;
    gap: number;
    folds: { train: number; trainLast: number; validation: [number, number] }[];
  };
  groups: { groups: number[]; labels: number[]; folds: number[][] };
}

let reference: Reference;
beforeAll(async () => {
  const text = await readFile(new URL('./reference/reference.json', import.meta.url), 'utf8');
  reference = JSON.parse(text) as Reference;
});

interface Dealt {
  figures: FoldFigures;
  folds: InputArtifact;
  /** Rows of the table of folds. */
  rows: { _row: string; fold: number | null; from?: number }[];
}

async function assign(table: InputArtifact, params: Record<string, unknown>): Promise<Dealt> {
  const { outputs } = await run(assignFoldsNode, { params, inputs: { table } });
  return {
    figures: outputs['leaks']?.value as FoldFigures,
    folds: outputs['folds']!,
    rows: await rowsOf(outputs['folds']),
  };
}

async function take(
  table: InputArtifact,
  dealt: InputArtifact,
  fold: number,
): Promise<{ train: TableRow[]; validation: TableRow[] }> {
  const { outputs } = await run(takeFoldNode, { params: { fold }, inputs: { table, folds: dealt } });
  return { train: await rowsOf(outputs['train']), validation: await rowsOf(outputs['validation']) };
}

const keyed = (rows: readonly string[], header = 'k,c'): Promise<InputArtifact> =>
  tableOf(`${header}\n${rows.join('\n')}\n`, { key: ['k'] });

test('each row is validated on once, trains in all other folds, and stands in the order of the table', async () => {
  const table = await keyed(Array.from({ length: 200 }, (_, i) => `k${i},${i % 3}`));
  const all = await rowsOf(table);
  const dealt = await assign(table, { k: 4 });
  const seen: unknown[] = [];
  for (let fold = 0; fold < 4; fold++) {
    const { train, validation } = await take(table, dealt.folds, fold);
    const held = new Set(validation.map((row) => row['_row']));
    expect(train).toEqual(all.filter((row) => !held.has(row['_row'])));
    expect(validation).toEqual(all.filter((row) => held.has(row['_row'])));
    expect(dealt.figures.rows[fold]).toBe(validation.length);
    seen.push(...held);
  }
  expect(seen).toHaveLength(200);
  expect(new Set(seen).size).toBe(200);
});

test('the fold of a row is the one that hashlib gives its identity, whatever other rows there are', async () => {
  const { folds: expected } = reference.assignment;
  const names = Object.keys(expected);
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(names, { minLength: 150 }), async (rows) => {
      const { rows: dealt } = await assign(await keyed(rows.map((row, i) => `${row},${i}`)), { k: 5 });
      expect(Object.fromEntries(dealt.map((row) => [row._row, row.fold]))).toEqual(
        Object.fromEntries(rows.map((row) => [row, expected[row]])),
      );
    }),
    { numRuns: 3 },
  );
});

test('exact folds have the same size to a row, and the same shares of each class', async () => {
  const table = await keyed(Array.from({ length: 203 }, (_, i) => `k${i},${i % 7 === 0 ? 'a' : 'b'}`));
  const { figures: even } = await assign(table, { k: 5, exact: true });
  expect(Math.max(...even.rows) - Math.min(...even.rows)).toBeLessThanOrEqual(1);
  const { figures } = await assign(table, { k: 5, label: 'c' });
  for (const { folds: counts } of figures.classes)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

test('with groups, classes are spread as evenly as StratifiedGroupKFold spreads them, and no group straddles', async () => {
  const { groups, labels, folds: theirs } = reference.groups;
  const table = await keyed(
    groups.map((group, i) => `k${i},${labels[i]},g${group}`),
    'k,c,g',
  );
  const { figures, rows } = await assign(table, { k: 5, label: 'c', group: 'g', exact: true });
  const foldOf = new Map<number, Set<unknown>>();
  rows.forEach(({ fold }, i) => foldOf.set(groups[i]!, (foldOf.get(groups[i]!) ?? new Set()).add(fold)));
  expect([...foldOf.values()].every((one) => one.size === 1)).toBe(true);
  const ours = figures.rows.map((_, fold) => figures.classes.map(({ folds: counts }) => counts[fold]!));
  // The sum over classes and folds of the squared distance of each share from a fifth.
  const spread = (counts: number[][]): number =>
    [0, 1, 2].reduce((sum, one) => {
      const total = counts.reduce((all, fold) => all + fold[one]!, 0);
      return sum + counts.reduce((all, fold) => all + (fold[one]! / total - 0.2) ** 2, 0);
    }, 0);
  expect(spread(ours)).toBeLessThanOrEqual(1.2 * spread(theirs));
});

describe('folds by time', () => {
  test('are those of TimeSeriesSplit, the gap too', async () => {
    const { rows: count, k, gap, folds: theirs } = reference.time;
    // In another order than time's.
    const rows = Array.from({ length: count }, (_, i) => (i * 37) % count);
    const table = await keyed(rows.map((at) => `k${at},${at}`));
    const dealt = await assign(table, { k, time: 'c', gap });
    for (const [fold, expected] of theirs.entries()) {
      const { train, validation } = await take(table, dealt.folds, fold);
      const times = (of: TableRow[]): number[] => of.map((row) => row['c'] as number).sort((a, b) => a - b);
      expect([train.length, times(train).at(-1)]).toEqual([expected.train, expected.trainLast]);
      expect([times(validation)[0], times(validation).at(-1)]).toEqual(expected.validation);
    }
  });

  test('keep rows of one time together, and do not validate a group that has trained', async () => {
    const table = await keyed(
      Array.from({ length: 300 }, (_, i) => `k${i},2024-01-${String(1 + (i % 28)).padStart(2, '0')},g${i % 40}`),
      'k,t,g',
    );
    const { rows } = await assign(table, { k: 3, time: 't' });
    const byDay = new Map<number, Set<unknown>>();
    rows.forEach(({ fold }, i) => byDay.set(i % 28, (byDay.get(i % 28) ?? new Set()).add(fold)));
    expect([...byDay.values()].every((one) => one.size === 1)).toBe(true);
    const dealt = await assign(table, { k: 3, time: 't', group: 'g' }).catch((error: unknown) => String(error));
    // Each group is there from the first days on: nothing is left to validate, and that is said.
    expect(dealt).toMatch(/fold 0 has no rows/);
  });

  test('more folds than times are refused', async () => {
    const table = await keyed(Array.from({ length: 30 }, (_, i) => `k${i},${i % 3}`));
    await expect(assign(table, { k: 5, time: 'c' })).rejects.toThrow(/too few different times for 5 folds/);
  });
});

test('folds of another table are refused', async () => {
  const [one, other] = [await keyed(['a,1', 'b,2', 'c,3', 'd,4']), await keyed(['a,1', 'b,2', 'x,3', 'd,4'])];
  const { folds: dealt } = await assign(one, { k: 2, exact: true });
  await expect(take(other, dealt, 0)).rejects.toThrow(/folds are those of another table[\s\S]*1 rows are others/);
});

test('outer folds are sealed, dealt otherwise than inner ones, and their rest is dealt evenly again', async () => {
  const table = await keyed(Array.from({ length: 400 }, (_, i) => `k${i},${i % 2}`));
  const outer = await assign(table, { k: 4, level: 'outer' });
  const { outputs } = await run(takeOuterFoldNode, { params: { fold: 1 }, inputs: { table, folds: outer.folds } });
  expect(outputs['test']?.ref.kind).toBe('sealed table');
  expect((await rowsOf(outputs['test'])).length).toBe(outer.figures.rows[1]);
  const inner = await assign(outputs['train']!, { k: 4 });
  for (const count of inner.figures.rows) expect(Math.abs(count - 75)).toBeLessThan(4 * Math.sqrt(300 * 0.25 * 0.75));
});

/** Checked by the compiler alone. */
export function wiring(table: Handle<Table<{ species: string; at: number }>>): void {
  const dealt = folds({ table, k: 5, label: 'species' });
  for (const { train, validation } of dealt) {
    const rows: Handle<Table<{ species: string; at: number }>>[] = [train, validation];
    void rows;
  }
  const sealed: Handle<SealedTable<{ species: string; at: number }>> | undefined = nested({
    table,
    outer: 5,
    inner: 4,
  })[0]?.test;
  void [sealed, dealt.leaks, nested({ table, outer: 3, inner: 3, time: 'at', gap: 2 })[0]?.folds[0]?.train];
  // @ts-expect-error a label that is no column of the table
  folds({ table, k: 5, label: 'specis' });
  // @ts-expect-error how many
  folds({ table });
  // @ts-expect-error a sealed table
  folds({ table: sealed!, k: 3 });
}
