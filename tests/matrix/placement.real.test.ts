import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRunView } from '../../client/run/run-view.js';
import { watchRun } from '../../client/run/run-watch.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from './harness.js';

interface Seen {
  readonly what: 'start' | 'end';
  readonly label: string;
  readonly device: string;
  readonly visible: string;
  readonly run: string;
}

// Devices are numbers that a process is told: none need be there. These are this test's own on this machine.
const [one, other] = [10_000 + 2 * process.pid, 10_001 + 2 * process.pid];
let server: TemporalService;
let probe: Probe;
beforeAll(async () => {
  server = await startServer();
  probe = await Probe.start(server, {
    fixture: 'placed',
    pools: {
      cpu: { slots: 2, memory: '1GB' },
      cards: { devices: [one, other], slots: 4, memory: '1GB' },
      far: { labels: { zone: 'far' }, memory: '1GB' },
    },
    serve: ['cpu', 'cards'],
  });
}, 300_000);
afterAll(async () => {
  await probe?.close();
  await server?.stop();
});

const seen = (run: string): Seen[] =>
  probe
    .read('events.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Seen)
    .filter((event) => event.run === run);

it('a device never has more nodes than its slots, each sees its own device alone, and CPU work does not wait', async () => {
  const outcome = await probe.run('both', { devices: 16, cpus: 4 }, { id: 'both' });
  expect(outcome.state).toBe('done');
  const events = seen('both');
  const now = new Map<string, number>();
  let most = 0;
  for (const { what, device } of events) {
    now.set(device, (now.get(device) ?? 0) + (what === 'start' ? 1 : -1));
    if (device !== 'cpu') most = Math.max(most, now.get(device) ?? 0);
  }
  // Four slots on two devices.
  expect(most).toBe(2);
  const places = new Set(events.map(({ label, device, visible }) => `${label.split(' ')[0]} on ${device}: ${visible}`));
  expect([...places].sort()).toEqual(['cpu on cpu: ', ...[one, other].map((gpu) => `device on gpu:${gpu}: ${gpu}`)]);
  // The nodes for the devices were asked for before: those that still wait for a slot when all CPU work is done show
  // that it did not wait with them.
  const labels = events.filter(({ what }) => what === 'end').map(({ label }) => label.split(' ')[0]);
  expect(labels.slice(labels.lastIndexOf('cpu') + 1).filter((label) => label === 'device').length).toBeGreaterThan(4);
});

it.each([
  ['devices', 'cpu: has no device; cards: gives one device to a node, not 2'],
  ['cores', 'cpu: gives 1 cores to a node, not 64'],
  ['memory', 'cpu: gives less memory to a node than 900GB'],
  ['label', 'far: has not the label zone=nowhere'],
])('a need that no pool meets (%s) ends the run before any Activity, and is named', async (need, said) => {
  const outcome = await probe.run('refused', { need }, { id: `refused-${need}` });
  expect(outcome).toMatchObject({ state: 'failed', error: { code: 'TY-WIRE-NO-POOL', where: { node: 'placed.cpu' } } });
  expect(String((outcome as { error: unknown }).error)).toContain(said);
  const activities = (await probe.history(`refused-${need}`)).flat().filter(({ activity }) => activity !== undefined);
  expect([activities, seen(`refused-${need}`)]).toEqual([[], []]);
});

it('a pool that nobody serves is named while a node waits for it, and when its queueTimeout is over', async () => {
  const run = await probe.start('waiting', {}, { id: 'waiting' });
  const access = { ...probe.client, reconnect: () => Promise.resolve(probe.client) };
  for await (const { pool, closed } of watchRun(access, 'waiting', access)) {
    // Another node of the run is at work meanwhile.
    if (pool === 'far') break;
    if (closed) throw new Error('the watch ended without a word of the pool');
  }
  expect((await readRunView(probe.client, 'waiting')).unserved).toEqual(['far']);
  expect(await probe.outcome(run)).toMatchObject({
    state: 'failed',
    error: {
      code: 'TY-WORKER-NONE',
      what: 'placed.zone waited for a free slot of pool "far" longer than its queueTimeout allows',
    },
  });
});
