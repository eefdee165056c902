import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TemporalService } from '../../setup/index.js';
import { createServer, listen } from '../../server/index.js';
import { damagedIn, readGraph } from '../../store/index.js';
import { Probe, startServer } from '../matrix/harness.js';
import { startService, type Service } from '../matrix/service.js';
import { raceAgain } from '../matrix/weave-races.js';

// The thin road of every day, on the real server: a run that fails, its resume, a study, their pages. What each of them
// promises beyond that is in the *.real.test.ts files.
let server: TemporalService;
let probe: Probe;
let service: Service;
let pages: FastifyInstance;
let url: string;
beforeAll(async () => {
  server = await startServer();
  probe = await Probe.start(server);
  service = await startService({ loseEvery: 1_000_000 });
  probe.write('service.txt', service.url);
  const { client } = probe;
  pages = createServer({ services: { store: client.store, client }, keys: [] });
  url = await listen(pages);
});
afterAll(async () => {
  await pages?.close();
  await probe?.close();
  await server?.stop();
  await service?.stop();
});

const starts = (run: string): string[] =>
  probe
    .events(run)
    .filter(({ what }) => what === 'start')
    .map(({ label }) => label)
    .sort();

it('a run fails at a node, and its resume does that node and what comes after it, nothing else', async () => {
  probe.planFault('first', { label: 'd', moment: 'before', kind: 'user', times: 1 });
  expect(await probe.run('linear', { salt: 'road' }, { id: 'first' })).toMatchObject({
    state: 'failed',
    error: { code: expect.stringMatching(/^TY-/) },
  });
  expect(starts('first')).toEqual(['a', 'b', 'c', 'd']);
  const second = await probe.run('linear', { salt: 'road' }, { id: 'second', lineage: 'first' });
  expect(second).toMatchObject({ state: 'done' });
  expect(starts('second')).toEqual(['d']);
});

it('the graph of the latest run is empty: the next run goes on, and finds the results by their keys', async () => {
  const { store } = probe.client;
  const file = path.join(store.name, 'records', 'runs', 'second', 'graph');
  const whole = readFileSync(file);
  writeFileSync(file, '');
  expect(await probe.run('linear', { salt: 'road' }, { id: 'third' })).toMatchObject({ state: 'done' });
  expect(starts('third')).toEqual([]);
  expect(await readGraph(store, 'second')).toBeNull();
  expect(damagedIn(store).map(({ key, fault }) => [key, fault])).toEqual([['runs/second/graph', 'it is empty']]);
  writeFileSync(file, whole);
});

/** Damages what nodes with these labels have given in a run. */
async function damage(run: string, labels: readonly string[]): Promise<void> {
  const { nodes } = await probe.graph(run);
  for (const label of labels) {
    const made = nodes.find(({ params }) => (params as { label?: string }).label === label)?.outputs?.['out'];
    const digest = made?.digest ?? '';
    const file = probe.path(`.trainyard/store/blobs/${digest.slice('sha256-'.length).slice(0, 2)}/${digest}`);
    chmodSync(file, 0o644);
    writeFileSync(file, 'damaged');
  }
}

it('an input that was lost two levels deep was not made again', async () => {
  probe.planFault('lost', { label: 'turn 4', moment: 'before', kind: 'user', times: 1 });
  expect((await probe.run('loop', { salt: 'lost' }, { id: 'lost' })).state).toBe('failed');
  await damage('lost', ['turn 2', 'turn 3']);
  const again = await probe.run('loop', { salt: 'lost' }, { id: 'lost-again', lineage: 'lost', using: 'lost' });
  expect(again).toMatchObject({ state: 'done' });
  expect([...new Set(starts('lost-again'))]).toEqual(['turn 2', 'turn 3', 'turn 4']);
});

it('a remake of a lost input that failed was kept: the next that needed the input failed with it', async () => {
  const fail = (run: string, label: string): void =>
    probe.planFault(run, { label, moment: 'before', kind: 'user', times: 1 });
  fail('kept', 'instead');
  expect((await probe.run('caught', { salt: 'kept' }, { id: 'kept' })).state).toBe('failed');
  await damage('kept', ['a']);
  fail('kept-again', 'a');
  const again = await probe.run('caught', { salt: 'kept' }, { id: 'kept-again', lineage: 'kept', using: 'kept' });
  expect(again).toMatchObject({ state: 'done', result: { value: { n: 7 } } });
  // The first remake fails for `risky`, which is caught; the second is for what is called instead.
  expect(starts('kept-again').filter((label) => label === 'a')).toHaveLength(2);
});

it('a race that was over was decided again in a resume, and its effects happened twice', async () => {
  expect(await raceAgain(probe, service, 1000)).toEqual([]);
});

it('a study finds its best trial, and the same study again runs no trial', async () => {
  const options = { trials: 5, sampler: 'sobol', parallel: 2 };
  const found = await probe.run('climbed', { salt: 'road', options }, { id: 'search' });
  expect(found).toMatchObject({
    state: 'done',
    result: { best: expect.anything(), params: { x: expect.any(Number) } },
  });
  const before = probe.events().length;
  const again = await probe.run('climbed', { salt: 'road', options }, { id: 'search-again' });
  expect(again).toEqual(found);
  expect(probe.events()).toHaveLength(before);
});

it('what uses the result of a study is found like everything else: no Activity is scheduled', async () => {
  const first = await probe.run('searched', { salt: 'road' }, { id: 'after-study' });
  expect(first.state).toBe('done');
  expect(await probe.run('searched', { salt: 'road' }, { id: 'after-study-again' })).toEqual(first);
  const scheduled = (await probe.history('after-study-again')).flat().flatMap(({ activity }) => activity ?? []);
  expect(scheduled.filter((name) => !name.startsWith('trainyard.'))).toEqual([]);
});

it.each([
  ['second', 'done'],
  ['first', 'planned: the input is wrong'],
  ['search', 'done'],
  ['search%2Ftune', 'sobol'],
  ['search/tune', 'sobol'],
])('the page of %s shows how it ended', async (run, words) => {
  const page = await fetch(`${url}/runs/${run}`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain(words);
});
