import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql, withDatabase, writeTable, type TableOutput } from '@trainyard/tables';
import { ensureLightgbm } from '../../../setup/lightgbm.js';
import { openModel } from '../../../models/index.js';
import { runNode } from '../../../worker/testing/index.js';
import { penguins } from '../trees/penguins.test-part.js';
import { bestNode } from './train.js';

const folder = mkdtempSync(join(tmpdir(), 'best-'));
const NUMBERS = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'];
let table: TableOutput;

beforeAll(async () => {
  await ensureLightgbm();
  table = await withDatabase({}, async (database) => {
    const columns = ['_row', 'species', 'island', ...NUMBERS].map((name) => ({
      name,
      type: NUMBERS.includes(name) ? ('number' as const) : ('text' as const),
    }));
    const rows = penguins.map((row, i) =>
      Object.fromEntries(
        columns.map(({ name, type }) => [
          name,
          name === '_row' ? `row ${i}` : row[name] === 'NA' ? null : type === 'number' ? Number(row[name]) : row[name]!,
        ]),
      ),
    );
    await database.insert('given', columns, rows);
    return writeTable(database, sql`FROM given`, folder, 'penguins');
  });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

test('x', async () => {
  const t0 = performance.now();
  const run = await runNode(bestNode, { params: { target: 'species', trials: 8, folds: 3 }, inputs: { table } });
  console.log(
    performance.now() - t0,
    run.log,
    run.outputs['figures']!.value,
    JSON.stringify(run.outputs['leaderboard']!.value, null, 1),
    run.outputs['record']!.value,
  );
  const model = await openModel(run.outputs['model']!);
  console.log(
    await model.predict([
      { island: 'Dream', bill_length_mm: 40, bill_depth_mm: null, flipper_length_mm: 180, body_mass_g: 3500 },
    ]),
  );
  expect(1).toBe(1);
}, 60_000);
