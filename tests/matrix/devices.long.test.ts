import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from './harness.js';

interface Seen {
  readonly what: 'start' | 'end';
  readonly label: string;
  readonly device: string;
  readonly run: string;
  readonly pid: number;
  readonly at: number;
}

/** No such device need be there; no other test of this machine uses the number. */
const DEVICE = 50_000_000 + process.pid;
let server: TemporalService;
/** Two projects on one machine, which have nothing in common but the device. */
let probe: Probe;
let stranger: Probe;
beforeAll(async () => {
  server = await startServer();
  const options = {
    fixture: 'placed',
    pools: { cpu: { slots: 1 }, card: { devices: [DEVICE] }, far: { labels: { zone: 'far' } } },
    serve: ['card'],
    heartbeat: '3 seconds',
  };
  [probe, stranger] = await Promise.all([
    Probe.start(server, { ...options, serve: ['cpu', 'card'] }),
    Probe.start(server, { ...options, serve: ['cpu', 'card'] }),
  ]);
}, 300_000);
afterAll(async () => {
  await probe?.close();
  await stranger?.close();
  await server?.stop();
});

/** When a process that was killed in its work was last seen alive, by its number. */
const lastAlive = new Map<number, number>();

/** Looks at a process until it has ended; a zombie holds nothing any more, whenever it is reaped. */
function watch(pid: number): void {
  const look = setInterval(() => {
    try {
      if (/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) throw new Error('ended');
      lastAlive.set(pid, Date.now());
    } catch {
      clearInterval(look);
    }
  }, 2);
}

/** What was done on the device, in the order of its beginnings. */
function worked(): { label: string; run: string; pid: number; from: number; to: number }[] {
  const events = [probe, stranger].flatMap((one) =>
    one
      .read('events.jsonl')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Seen),
  );
  return events
    .filter(({ what, device }) => what === 'start' && device === `gpu:${DEVICE}`)
    .map(({ label, run, pid, at }) => {
      const end = events.find((one) => one.what === 'end' && one.run === run && one.label === label && one.pid === pid);
      return { label, run, pid, from: at, to: end?.at ?? lastAlive.get(pid) ?? Infinity };
    })
    .sort((a, b) => a.from - b.from);
}

/** Pieces of work that began before the one before them had ended. */
function overlaps(): string[] {
  const all = worked();
  return all.flatMap(({ label, run, from }, at) => {
    const before = all[at - 1];
    return before && from < before.to ? [`${run} ${label} began beside ${before.run} ${before.label}`] : [];
  });
}

const single = (of: Probe, id: string, params: { ms: number; block?: boolean; impatient?: boolean }) =>
  of.start('single', { label: id, block: false, impatient: false, ...params }, { id });

it('workers of one project and of others share a device piece by piece, and none waits for ever', async () => {
  await probe.addWorker();
  const runs = [
    probe.run('both', { devices: 8, cpus: 0 }, { id: 'ours' }),
    stranger.run('both', { devices: 4, cpus: 0 }, { id: 'theirs' }),
  ];
  expect((await Promise.all(runs)).map(({ state }) => state)).toEqual(['done', 'done']);
  expect(overlaps()).toEqual([]);
  expect(worked()).toHaveLength(12);
  // It went back and forth: neither had to wait until the other had nothing left to do.
  const turns = worked().map(({ run }) => run);
  expect(turns.lastIndexOf('ours')).toBeGreaterThan(turns.indexOf('theirs'));
  expect(turns.lastIndexOf('theirs')).toBeGreaterThan(turns.indexOf('ours'));
});

it('a worker killed -9 leaves the device when its process has left it, and another worker takes both up', async () => {
  const run = await single(stranger, 'orphan', { ms: 4_000, block: true });
  await expect.poll(() => worked().some(({ run: of }) => of === 'orphan'), { timeout: 60_000 }).toBe(true);
  watch(worked().find(({ run: of }) => of === 'orphan')?.pid ?? 0);
  await stranger.killWorker();
  const after = await single(probe, 'after', { ms: 100 });
  expect((await probe.outcome(after)).state).toBe('done');
  await stranger.startWorker();
  expect((await stranger.outcome(run)).state).toBe('done');
  expect(overlaps()).toEqual([]);
  const pids = worked().filter(({ run: of }) => of === 'orphan');
  // Its process ended with its worker, in the middle of what it was at; then the node was executed again.
  expect(new Set(pids.map(({ pid }) => pid)).size).toBe(2);
  expect(
    worked()
      .map(({ run: of }) => of)
      .slice(12),
  ).toEqual(['orphan', 'after', 'orphan']);
});

it('a node whose queueTimeout is over before a device is left to it fails, and says why', async () => {
  const busy = await single(stranger, 'busy', { ms: 6_000 });
  await expect.poll(() => worked().some(({ run }) => run === 'busy'), { timeout: 60_000 }).toBe(true);
  const soon = await single(probe, 'soon', { ms: 10, impatient: true });
  expect(await probe.outcome(soon)).toMatchObject({
    state: 'failed',
    error: { code: 'TY-WORKER-NONE', what: expect.stringContaining('waited for a device of pool "card"') as string },
  });
  expect((await stranger.outcome(busy)).state).toBe('done');
  expect(overlaps()).toEqual([]);
});
