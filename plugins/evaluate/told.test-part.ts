import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { modelKind, writeModel, type ModelTask } from '../../models/index.js';
import { sql, withDatabase, writeTable, type TableOutput, type TableRow } from '@trainyard/tables';
import type { TestInput } from '../../worker/testing/index.js';

/** A model that answers what some columns of a row say: its figures can be known from outside. */
export const told = modelKind({
  name: 'told',
  title: 'Answers what some columns say',
  tasks: ['classification', 'multi-label', 'regression', 'quantiles', 'forecasting', 'ranking', 'embedding'],
  settings: z.object({ columns: z.array(z.string()) }),
  open: ({ settings: { columns } }) => ({
    takes: 'rows',
    outputs: columns.length,
    score: (rows) => Float64Array.from(rows.flatMap((row) => columns.map((name) => Number(row[name])))),
  }),
});

/** A model that answers what these columns of a row say. */
export async function modelFor(
  task: ModelTask,
  columns: readonly string[],
  rows: readonly TableRow[],
): Promise<TestInput> {
  const model = await writeModel({
    kind: told,
    task,
    settings: { columns: [...columns] },
    files: {},
    inputs: columns.map((name) => ({ name, type: 'number' as const })),
    metrics: {},
    training: {},
    libraries: {},
    rows: rows.slice(0, 3).map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null]))),
  });
  return model as TestInput;
}

const folder = mkdtempSync(join(tmpdir(), 'evaluate-tasks-'));
// Files of tests may share this module, so it goes with their process.
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let tables = 0;

/** A table of these rows: numbers where the first row has one, else text. */
export const tableOf = (rows: readonly TableRow[]): Promise<TableOutput> =>
  withDatabase({}, async (database) => {
    const columns = Object.entries(rows[0]!).map(([name, cell]) => ({
      name,
      type: typeof cell === 'number' ? ('number' as const) : ('text' as const),
    }));
    await database.insert('given', columns, rows);
    return writeTable(database, sql`FROM given`, folder, `t${tables++}`);
  });
