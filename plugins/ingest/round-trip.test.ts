import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { isHandle, makeHandle, type Handle } from '../../core/handle.js';
import type { Ref, Table } from '../../core/index.js';
import { setRuntime, type PipelineRuntime } from '../../core/runtime.js';
import { rowsOf, tableOf } from '../../tests/tables/csv-table.js';
import { csv } from './index.js';

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
/** Any text but NUL, often with what means something in a CSV file. */
const cell = fc
  .array(
    fc.oneof(fc.constantFrom('"', ',', '\n', '\r\n', '\r', ' ', "'", '\\', '#', '\t'), fc.string({ unit: 'binary' })),
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));

test('any text comes back as it was written, whatever the line ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      // Few tables with many rows: a table costs more than its cells.
      fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 80, size: 'max' }),
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom(',', ';', '\t', '|'),
      async (rows, end, delimiter) => {
        const text = [['a', 'b', 'c'], ...rows].map((row) => row.map(quoted).join(delimiter) + end).join('');
        const column = { type: 'text', nullable: false };
        const schema = { columns: { a: column, b: column, c: column } };
        const table = await tableOf(text, { schema, delimiter, missing: [] });
        const read = await rowsOf(table);
        expect(read.map(({ a, b, c }) => [a, b, c])).toEqual(rows);
        expect(new Set(read.map((row) => row['_row'])).size).toBe(rows.length);
      },
    ),
    { numRuns: 10 },
  );
});

test('a thousand columns are read in order', async () => {
  const names = Array.from({ length: 1000 }, (_, i) => `c${i}`);
  const lines = [names, ...[0, 1, 2].map((row) => names.map((_, i) => row * 1000 + i))];
  const rows = await rowsOf(await tableOf(`${lines.map((line) => line.join(',')).join('\n')}\n`));
  expect(rows.map((row) => names.map((name) => row[name]))).toEqual(lines.slice(1));
});

test('a cell of nine million characters is refused', async () => {
  await expect(tableOf(`a,b\n1,${'x'.repeat(9_000_000)}\n`)).rejects.toThrow(/line 2: cell 2 has 9000000 characters/);
});

test('the raw penguins, with their odd names, dates and comments, are read whole', async () => {
  const text = await readFile(new URL('../../examples/penguins/data/penguins-raw.csv', import.meta.url), 'utf8');
  const table = await tableOf(text);
  const { rows, columns } = table.value as { rows: number; columns: { name: string; type: string }[] };
  expect(rows).toBe(344);
  expect(Object.fromEntries(columns.map(({ name, type }) => [name, type]))).toMatchObject({
    'Date Egg': 'date',
    'Clutch Completion': 'text',
    'Culmen Length (mm)': 'number',
    'Body Mass (g)': 'integer',
    'Delta 15 N (o/oo)': 'number',
    Comments: 'text',
  });
});

/** Calls, as a pipeline's runtime sees them. */
function recorded<T>(author: () => T): { result: T; calls: { node: string; args: Record<string, unknown> }[] } {
  const calls: { node: string; args: Record<string, unknown> }[] = [];
  const runtime = {
    call({ spec }, args) {
      calls.push({
        node: spec.name,
        args: spec.params.parse(
          Object.fromEntries(Object.entries(args).filter(([, value]) => !isHandle(value))),
        ) as Record<string, unknown>,
      });
      const kind = { kind: spec.name === 'ingest.parse' ? 'table' : 'file' } as const;
      return {
        out: makeHandle({
          kind,
          call: spec.name,
          port: 'out',
          node: spec.name,
          ref: new Promise<Ref>(() => undefined),
        }),
      };
    },
  } as Partial<PipelineRuntime> as PipelineRuntime;
  setRuntime(runtime);
  try {
    return { result: author(), calls };
  } finally {
    setRuntime(undefined);
  }
}

test('ingest.csv wires a snapshot to a reading, with the schema as JSON and the defaults filled in', () => {
  const schema = z.object({ species: z.enum(['Adelie', 'Gentoo']), mass: z.number().nullable() });
  const { result, calls } = recorded(() => {
    const table = csv({ source: 'penguins.tsv', schema, key: 'species', where: { mass: [1, 2] } });
    const typed: Handle<Table<{ species: 'Adelie' | 'Gentoo'; mass: number | null }>> = table;
    return typed;
  });
  expect(isHandle(result)).toBe(true);
  expect(calls).toEqual([
    { node: 'ingest.snapshot', args: { source: 'penguins.tsv' } },
    {
      node: 'ingest.parse',
      args: {
        schema: {
          extra: 'drop',
          columns: {
            species: { type: 'text', nullable: false, values: ['Adelie', 'Gentoo'] },
            mass: { type: 'number', nullable: true },
          },
        },
        delimiter: '\t',
        key: ['species'],
        where: { mass: [1, 2] },
      },
    },
  ]);
});
