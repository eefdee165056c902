import fc from 'fast-check';
import { readRows, withDatabase, type TableRow } from 'trainyard/tables';
import { runNode, tableOf, type TestArtifact, type TestRow } from 'trainyard/testing';
import { describe, expect, it } from 'vitest';
import { corruptNode, mendedNode } from './worker.js';

interface Flips {
  readonly flipped: readonly { readonly row: string; readonly from: string; readonly to: string }[];
}

async function corrupted(table: TestArtifact, share: number, seed: number) {
  await using run = await runNode(corruptNode, { params: { label: 'species', share }, inputs: { table }, seed });
  const path = await run.outputs['table']!.path('data.parquet');
  const rows = await withDatabase({}, (database) => readRows<TableRow>(database, path));
  return { rows, ...(run.outputs['flipped']!.value as Flips), digest: run.outputs['table']!.ref.digest };
}

const birds = (species: readonly (string | null)[]): TestRow[] =>
  species.map((name, at) => ({ species: name, mass: at % 5 === 0 ? null : 3000 + at }));

describe('flaws', () => {
  it('are in exactly the stated share of labels, each another one of the labels; all else is as it was', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('Adelie', 'Chinstrap', 'Gentoo', null), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(1000),
        async (drawn, share, seed) => {
          const species = ['Adelie', 'Gentoo', ...drawn];
          const before = birds(species);
          const { rows, flipped } = await corrupted(await tableOf(before), share, seed);
          const labelled = species.filter((name) => name !== null).length;
          expect(flipped).toHaveLength(Math.round(share * labelled));
          const to = new Map(flipped.map((one) => [one.row, one]));
          expect(rows).toEqual(
            before.map((row, at) => ({
              _row: `row ${at + 1}`,
              ...row,
              species: to.get(`row ${at + 1}`)?.to ?? row['species'],
            })),
          );
          for (const { row, from, to: wrong } of flipped) {
            expect(from).toBe(species[Number(row.slice(4)) - 1]);
            expect(species).toContain(wrong);
            expect(wrong).not.toBe(from);
          }
        },
      ),
      { numRuns: 8 },
    ));

  it('come to every wrong label, are the same for a seed, and others for another', async () => {
    const table = await tableOf(
      birds(Array.from({ length: 300 }, (_, at) => ['Adelie', 'Chinstrap', 'Gentoo'][at % 3]!)),
    );
    const [one, again, other] = await Promise.all([7, 7, 8].map((seed) => corrupted(table, 0.3, seed)));
    expect(again!.digest).toBe(one!.digest);
    expect(other!.digest).not.toBe(one!.digest);
    expect(new Set(one!.flipped.map(({ from, to }) => `${from} ${to}`)).size).toBe(6);
  });

  it('in a label of one value are refused in words', async () => {
    const table = await tableOf(birds(['Adelie', 'Adelie', null]));
    await expect(corrupted(table, 0.5, 0)).rejects.toThrow('a label of one value cannot be made wrong');
  });
});

it('mended counts what was wrong, what people were asked about, and what is right again', async () => {
  const flipped = [
    { row: 'row 1', from: 'Adelie', to: 'Gentoo' },
    { row: 'row 2', from: 'Gentoo', to: 'Adelie' },
    { row: 'row 4', from: 'Chinstrap', to: 'Adelie' },
  ];
  const inputs = {
    // Row 1 is right again, row 2 is still wrong, row 4 was left out.
    table: await tableOf(birds(['Adelie', 'Adelie', 'Gentoo'])),
    flipped: { value: { label: 'species', share: 0.5, flipped } },
    queue: {
      value: { items: 2 },
      files: { 'queue.json': JSON.stringify({ format: 1, items: [{ row: 'row 1' }, { row: 'row 3' }] }) },
    },
  };
  await using run = await runNode(mendedNode, { inputs });
  expect(run.output.value).toEqual({ flipped: 3, shown: 1, mended: 1, shownShare: 1 / 3, mendedShare: 1 / 3 });
});
