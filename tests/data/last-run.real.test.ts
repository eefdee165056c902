import sqlite3 from 'node-sqlite3-wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decide } from '../../client/run/runs.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from '../matrix/harness.js';

// A pipeline that reads on from where its last run that was done had come to, on a real Temporal.
let temporal: TemporalService;
let probe: Probe;
beforeAll(async () => {
  temporal = await startServer();
  probe = await Probe.start(temporal, { fixture: 'read-on', crashes: false });
  const database = new sqlite3.Database(probe.path('rides.sqlite'));
  database.exec('CREATE TABLE rides (id INTEGER PRIMARY KEY, km REAL)');
  database.close();
});
afterAll(async () => {
  await probe?.close();
  await temporal?.stop();
});

function ride(count: number): void {
  const database = new sqlite3.Database(probe.path('rides.sqlite'));
  for (let i = 0; i < count; i++) database.exec('INSERT INTO rides (km) VALUES (1.5)');
  database.close();
}

interface Run {
  readonly rows?: number;
  readonly failed?: string;
}
async function run(id: string, params: object = {}, more: object = {}): Promise<Run> {
  const outcome = await probe.run('rides', params as never, { id, ...more });
  return outcome.state === 'done'
    ? (outcome.result as { rows: number })
    : { failed: String((outcome.error as Error).message) };
}
const since = async (id: string): Promise<unknown> =>
  (await probe.graph(id)).nodes.find(({ node }) => node === 'ingest.reached')?.outputs?.['out']?.value;

test('each row is read by one run that is done: a failed run leaves the place where it was, and its resume reads on from there', async () => {
  ride(3);
  expect(await run('first')).toEqual({ rows: 3 });
  // Nothing has come.
  expect(await run('second')).toEqual({ rows: 0 });
  ride(4);
  expect((await run('third', { fails: true })).failed).toMatch(/after the rows were read/);
  ride(5);
  // What the failed run has read is found by its resume, which it was part of, and counts now.
  expect((await run('third-again', { fails: true }, { lineage: 'third', using: 'third' })).failed).toMatch(/after/);
  expect(await since('third-again')).toMatchObject({ place: 2, run: 'second' });
  // Another run takes all of it.
  expect(await run('fourth')).toEqual({ rows: 9 });
  expect(await since('fourth')).toMatchObject({ place: 2, run: 'second', watermark: { column: 'id', value: '3' } });
  ride(2);
  expect(await run('fifth')).toEqual({ rows: 2 });
  // A resume of a run that was done sees what it saw, and moves nothing.
  expect(await run('fifth-again', {}, { lineage: 'fifth', using: 'fifth' })).toEqual({ rows: 2 });
  expect(await run('sixth')).toEqual({ rows: 0 });
});

test('of two runs that read on from one place, the later one fails: rows would count twice', async () => {
  ride(2);
  const slow = await probe.start('rides', { waits: true } as never, { id: 'slow' });
  while ((await probe.client.store.get('runs/slow/start')) === null) await new Promise((go) => setTimeout(go, 50));
  const answered = async (): Promise<boolean> =>
    decide(probe.client, 'slow', { name: 'go on', approved: true, by: 'ann', why: '' }).then(
      () => true,
      () => false,
    );
  for (let read = false; !read;) {
    await new Promise((go) => setTimeout(go, 200));
    const { nodes } = (await slow.query('graph')) as { nodes: { kind: string }[] };
    read = nodes.some(({ kind }) => kind === 'approval');
  }
  expect(await run('quick')).toEqual({ rows: 2 });
  expect(await answered()).toBe(true);
  const outcome = await probe.outcome(slow);
  expect(outcome).toMatchObject({ state: 'failed', error: { code: 'TY-SOURCE-READ-ON' } });
  expect(await probe.graph('slow')).toMatchObject({ state: 'failed', error: { code: 'TY-SOURCE-READ-ON' } });
  expect((await probe.graph('slow')).result).toBeUndefined();
  expect(String((outcome as { error: Error }).error.message)).toMatch(/run quick of rides has read the source on/);
  expect(await run('after')).toEqual({ rows: 0 });
});

test('a source that has no watermark is not read on: that is said, and not all of it read', async () => {
  expect((await run('whole', { whole: true })).failed).toMatch(/"file".*cannot be read on.*watermark/s);
});
