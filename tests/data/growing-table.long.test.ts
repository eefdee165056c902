import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '../../plugins/ingest/sources/postgres/server.test-part.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from '../matrix/harness.js';

// The example of a table that grows, as it stands: examples/growing-table, on a real PostgreSQL and a real Temporal.
interface Result {
  readonly rows: { readonly digest: string; readonly value: { readonly rows: number } };
  readonly since: { readonly column: string; readonly value: string };
  readonly model: { readonly digest: string };
  readonly figures: { readonly f1: { readonly macro: number } };
}

const root = fileURLToPath(new URL('../..', import.meta.url));
let temporal: TemporalService;
let database: TestPostgres;
let admin: pg.Client;
let probe: Probe;

beforeAll(async () => {
  [temporal, database] = await Promise.all([startServer(), startPostgres()]);
  admin = await database.connect();
  await admin.query(`CREATE TABLE birds (id serial, species text, island text, bill_length_mm float8, bill_depth_mm float8,
    flipper_length_mm float8, body_mass_g float8, sex text, year int)`);
  process.env['BIRDS_DATABASE'] = database.url;
  probe = await Probe.start(temporal, {
    fixture: '../../examples/growing-table',
    config: { secrets: { birds: { env: 'BIRDS_DATABASE' } } },
    crashes: false,
  });
});
afterAll(async () => {
  await probe?.close();
  await admin?.end();
  await database?.stop();
  await temporal?.stop();
});

/** Puts birds of the demo's data into the database, as whoever measures them would. */
async function measure(from: number, to: number): Promise<void> {
  const lines = readFileSync(path.join(root, 'examples/penguins/data/penguins.csv'), 'utf8').trim().split('\n');
  const names = lines[0]!.split(',');
  const holes = names.map((_, i) => `$${i + 1}`).join(', ');
  for (const line of lines.slice(1 + from, 1 + to)) {
    const cells = line.split(',').map((cell) => (cell === '' || cell === 'NA' ? null : cell));
    await admin.query(`INSERT INTO birds (${names.join(', ')}) VALUES (${holes})`, cells);
  }
}

async function run(id: string, params: object = {}): Promise<Result> {
  const outcome = await probe.run('birds', params as never, { id });
  if (outcome.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.result as unknown as Result;
}

test('each run reads what has come since the last one, and gives what one run over all rows would', async () => {
  await measure(0, 200);
  const first = await run('first');
  expect(first.rows.value.rows).toBe(199); // one has no measures
  await measure(200, 344);
  const second = await run('second', { known: first.rows, since: first.since });
  expect(second.rows.value.rows).toBe(342);
  expect(second.since).toEqual({ column: 'id', value: '344' });
  // The part that was read is the new rows alone.
  const { nodes } = await probe.graph('second');
  const parsed = nodes.find(({ node }) => node === 'ingest.parse')?.outputs?.['out'];
  expect((parsed as { value?: { rows: number } } | undefined)?.value?.rows).toBe(143);

  const whole = await run('whole');
  expect(whole.rows.value.rows).toBe(342);
  expect(whole.since).toEqual(second.since);
  expect(whole.model.digest).toBe(second.model.digest);
  expect(whole.figures).toEqual(second.figures);
  expect(second.figures.f1.macro).toBeGreaterThan(0.95);

  // Nothing has come: nothing is trained anew.
  const third = await run('third', { known: second.rows, since: second.since });
  expect(third.rows.value.rows).toBe(342);
  expect(third.model.digest).toBe(second.model.digest);
});

test('the address of the database is nowhere in the store, the records or the logs', async () => {
  const { execFileSync } = await import('node:child_process');
  const word = encodeURIComponent('s3cret word');
  const found = execFileSync('sh', ['-c', `grep -rlF -e '${word}' -e 's3cret word' .trainyard || true`], {
    cwd: probe.folder,
  });
  expect(found.toString()).toBe('');
});
