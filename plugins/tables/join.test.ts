import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import type { JoinFigures } from './contract.js';
import { joinNode } from './worker.js';

interface Joined {
  rows: Record<string, unknown>[];
  figures: JoinFigures;
}

async function joined(table: InputArtifact, other: InputArtifact, params: object): Promise<Joined> {
  const { outputs } = await run(joinNode, { params: params as Record<string, unknown>, inputs: { table, other } });
  return { rows: await rowsOf(outputs['table']), figures: outputs['report']?.value as JoinFigures };
}

test('each row keeps its identity and its place, and gets the cells of its partner, or missing ones', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.option(fc.nat(12)), fc.constantFrom('a', 'b')), { minLength: 20, maxLength: 60 }),
      fc.uniqueArray(fc.nat(12), { minLength: 3 }),
      async (cells, known) => {
        const table = await tableOf(`n,c,i\n${cells.map(([n, c], i) => `${n ?? ''},${c},${i}`).join('\n')}\n`);
        const other = await tableOf(`m,x\n${known.map((m) => `${m},${m * 1.5 + 0.25}`).join('\n')}\n`, {
          schema: { columns: { m: { type: 'integer' }, x: { type: 'number' } } },
        });
        if (cells.every(([n]) => n === null)) return;
        const { rows, figures } = await joined(table, other, { on: { n: 'm' } });
        const before = await rowsOf(table);
        expect(rows).toEqual(
          before.map((row) => ({
            ...row,
            x: known.includes(row['n'] as number) && row['n'] !== null ? (row['n'] as number) * 1.5 + 0.25 : null,
          })),
        );
        expect(figures.matched).toBe(rows.filter((row) => row['x'] !== null).length);
        expect(figures.unmatched).toBe(rows.length - figures.matched);
        expect(figures.other.unused).toBe(known.filter((m) => !cells.some(([n]) => n === m)).length);
      },
    ),
    { numRuns: 6 },
  );
});

test('by several keys, with a prefix, some columns only', async () => {
  const table = await tableOf('origin,hour,dep\nEWR,1,5\nJFK,1,7\nEWR,2,9\n');
  const other = await tableOf('origin,hour,temp,dep\nEWR,1,30.5,1\nJFK,1,31.5,2\nLGA,2,32.5,3\n');
  const on = { origin: 'origin', hour: 'hour' };
  const { rows, figures } = await joined(table, other, { on, columns: ['temp', 'dep'], prefix: 'weather_' });
  expect(rows.map((row) => [row['weather_temp'], row['weather_dep'], row['dep']])).toEqual([
    [30.5, 1, 5],
    [31.5, 2, 7],
    [null, null, 9],
  ]);
  expect(figures.examples).toEqual([{ key: ['EWR', '2'], rows: 1 }]);
  await expect(joined(table, other, { on })).rejects.toThrow(/both tables have a column "dep"[\s\S]*prefix/);
  await expect(joined(table, other, { on, columns: ['temp'], unmatched: 'refuse' })).rejects.toThrow(
    /1 of 3 rows have no partner[\s\S]*EWR, 2 \(1 rows\)/,
  );
});

test.each([
  [
    'a key that two rows of the other table have',
    { on: { a: 'k' } },
    /several rows of the other table have one k[\s\S]*x \(2 rows\)/,
  ],
  ['keys of different types', { on: { n: 'k' } }, /keys "n" and "k" are of different types[\s\S]*integer and text/],
  ['a key that is not there', { on: { aa: 'k' } }, /on names column "aa"[\s\S]*did you mean "a"/],
  ['a column that is not there', { on: { a: 'u' }, columns: ['w'] }, /columns names column "w"/],
])('%s is refused', async (_name, params, message) => {
  const table = await tableOf('a,n\nx,1\ny,2\n');
  const other = await tableOf('k,u,v\nx,x,1\nx,y,2\ny,z,3\n');
  await expect(joined(table, other, params)).rejects.toThrow(message);
});
