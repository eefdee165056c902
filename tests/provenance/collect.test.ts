import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digestText } from '../../core/digest.js';
import type { Ref } from '../../core/kinds.js';
import {
  areWhole,
  Artifacts,
  Checkpoints,
  collect,
  commit,
  endRun,
  FileStore,
  keepPage,
  listPages,
  lookup,
  noteNeed,
  pinRun,
  putGraph,
  readRun,
  recordsOfRun,
  startRun,
  sweepBefore,
  undisturbed,
  unpinRun,
  usersOf,
  writeNodeRecord,
  type CollectOptions,
  type Store,
} from '../../store/index.js';
import { SWEEP_KEY } from '../../store/collect-beside.js';

const DAY = 86_400_000;
const NOW = Date.parse('2026-06-01T00:00:00Z');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'trainyard-collect-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = (more: Partial<CollectOptions> = {}): CollectOptions => ({
  olderThanMs: 30 * DAY,
  graceMs: 0,
  now: NOW,
  isOpen: async () => false,
  isKnown: async () => false,
  others: async () => ({ named: null, runs: [] }),
  ...more,
});

/** A run of one node, that ended so many days ago. */
async function run(
  store: Store,
  id: string,
  days: number,
  content = id,
  end = true,
): Promise<{ ref: Ref; key: ReturnType<typeof digestText> }> {
  const at = new Date(NOW - days * DAY).toISOString();
  const key = digestText(`key of ${content}`);
  await startRun(store, { format: 1, id, lineage: id, pipeline: 'p', params: {}, seed: 0, cause: null, startedAt: at });
  const found = (await lookup(store, [key]))[0];
  const ref = found
    ? (found.outputs['out'] as Ref)
    : await new Artifacts(store).write('file', {
        files: { 'a.txt': content.repeat(1000), 'shared.txt': 'shared by all' },
      });
  if (!found) {
    const base = { run: id, lineage: id, pipeline: 'p', scope: '', node: 'a.b', version: '1', code: 'c', key };
    const how = { params: {}, inputs: {}, outputs: { out: ref }, threads: 1, worker: 'w', device: 'cpu', pid: 1 };
    await writeNodeRecord(store, { format: 1, ...base, ...how, attempt: 1, startedAt: at, endedAt: at, libraries: {} });
    await commit(store, { format: 1, key, node: 'a.b', outputs: { out: ref }, madeBy: id });
  }
  await putGraph(store, id, { run: id, nodes: [{ call: 'n1', node: 'a.b', key, outputs: { out: ref } }] } as never);
  if (end) await endRun(store, id, { status: 'completed', endedAt: at });
  return { ref, key };
}

it('removes what only old runs need: records, cache entries, blobs; shared blobs stay', async () => {
  const store = new FileStore(path.join(folder, 'basic'));
  const old = await run(store, 'old', 90);
  const young = await run(store, 'young', 3);
  const dry = await collect(store, options({ dryRun: true }));
  expect(dry.dropped).toEqual(['old']);
  expect(await areWhole(store, [old.ref])).toBe(true);
  const { dropped, blobs, records } = await collect(store, options());
  expect([dropped, blobs.removed, blobs.bytes]).toEqual([['old'], dry.blobs.removed, dry.blobs.bytes]);
  expect(blobs.removed).toBe(2);
  expect(records).toBeGreaterThan(3);
  expect(await readRun(store, 'old')).toBeNull();
  expect(await recordsOfRun(store, 'old')).toEqual([]);
  expect(await lookup(store, [old.key, young.key])).toEqual([null, expect.objectContaining({ madeBy: 'young' })]);
  expect(await areWhole(store, [young.ref])).toBe(true);
  const again = await collect(store, options());
  expect([again.dropped, again.blobs.removed]).toEqual([[], 0]);
});

it('keeps what a young run found, with the record of the old run that made it', async () => {
  const store = new FileStore(path.join(folder, 'found'));
  await run(store, 'maker', 90, 'same');
  const user = await run(store, 'user', 1, 'same');
  await collect(store, options());
  expect(await readRun(store, 'maker')).toBeNull();
  expect(await areWhole(store, [user.ref])).toBe(true);
  expect((await recordsOfRun(store, 'maker')).map(({ key }) => key)).toEqual([user.key]);
  expect((await lookup(store, [user.key]))[0]?.madeBy).toBe('maker');
});

it('keeps open runs with what they found, pinned runs, what others name, and checkpoints while anything is open', async () => {
  const store = new FileStore(path.join(folder, 'kept'));
  const former = await run(store, 'former', 80);
  const found = await run(store, 'elsewhere', 80);
  const open = await run(store, 'open', 70, 'open', false);
  await noteNeed(store, 'open', { run: 'former' });
  await noteNeed(store, 'open', { artifacts: [found.ref.digest] });
  const pinned = await run(store, 'pinned', 60);
  const model = await run(store, 'model', 60);
  await pinRun(store, 'pinned');
  const orphan = digestText('a node of a run that is gone');
  await new Checkpoints(store, orphan).save(Buffer.from('state'));
  const others = async () => ({ named: { versions: [{ model: model.ref }] }, runs: [] });
  const first = await collect(store, options({ others, isOpen: async (id) => id === 'open' }));
  expect([...first.dropped].sort()).toEqual(['elsewhere', 'model']);
  expect(await areWhole(store, [former.ref, found.ref, open.ref, pinned.ref, model.ref])).toBe(true);
  expect(await new Checkpoints(store, orphan).load()).toBeDefined();
  await unpinRun(store, 'pinned');
  const second = await collect(store, options({ others }));
  expect([...second.dropped].sort()).toEqual(['former', 'open', 'pinned']);
  expect(await areWhole(store, [model.ref])).toBe(true);
  expect(await areWhole(store, [found.ref])).toBe(false);
  expect(await new Checkpoints(store, orphan).load()).toBeUndefined();
});

it('keeps what pages of durable processes name: a run’s with the run, others’ while Temporal knows them', async () => {
  const store = new FileStore(path.join(folder, 'pages'));
  const models = await Promise.all(
    ['kept', 'ended', 'answer'].map((text) => new Artifacts(store).write('json', { value: { text }, files: { text } })),
  );
  const [kept, ended, answer] = models.map(({ kind, digest, size }) => [{ kind, digest, size }]);
  await run(store, 'young', 3);
  await run(store, 'old', 90);
  const top = await keepPage(store, 'model/kept', [{ digest: await keepPage(store, 'model/kept', kept!), items: 1 }]);
  await keepPage(store, 'model/ended', ended!);
  await keepPage(store, 'young/review', answer!);
  await keepPage(store, 'old/review', [{ answer: 'of a run that goes' }]);
  const isKnown = async (process: string) => process === 'model/kept';
  const { records } = await collect(store, options({ isKnown }));
  expect(records).toBeGreaterThan(2);
  expect((await listPages(store)).map(({ process }) => process).sort()).toEqual([
    'model/kept',
    'model/kept',
    'young/review',
  ]);
  expect(await store.blobSize(top)).not.toBeNull();
  expect(await Promise.all(models.map((model) => areWhole(store, [model])))).toEqual([true, false, true]);
});

it('keeps the youngest runs that fit a size', async () => {
  const store = new FileStore(path.join(folder, 'size'));
  for (let day = 1; day <= 5; day++) await run(store, `r${day}`, day, String(day).repeat(10));
  const { blobs } = await collect(store, options({ dryRun: true }));
  const each = blobs.keptBytes / 5;
  const { dropped, blobs: left } = await collect(store, options({ maxBytes: each * 3.2 }));
  expect([...dropped].sort()).toEqual(['r4', 'r5']);
  expect(left.keptBytes).toBeLessThan(each * 3.2);
});

it('does not touch what was stored or re-used within the grace, and says so', async () => {
  const store = new FileStore(path.join(folder, 'grace'));
  const old = await run(store, 'old', 90);
  const { young, blobs } = await collect(store, options({ graceMs: DAY, now: Date.now() }));
  expect(blobs.removed).toBe(0);
  expect(young.blobs).toBe(3);
  expect(await areWhole(store, [old.ref])).toBe(true);
  expect(await usersOf(store, old.ref.digest)).toEqual([]);
});

it('takes the place of a collector that died while it removed; writers do not wait for the dead one for ever', async () => {
  const store = new FileStore(path.join(folder, 'dead'));
  await run(store, 'old', 90);
  await store.put(SWEEP_KEY, Buffer.from(JSON.stringify({ sweep: 4, removing: true, beat: 7 })));
  expect(await sweepBefore(store)).toBe(-1);
  await collect(store, options());
  expect(await sweepBefore(store)).toBe(5);
  expect(await undisturbed(store, 5)).toBe(true);
  expect(await undisturbed(store, 4)).toBe(false);
});

it('six writers beside a collector in a loop: no record whose blob is gone', async () => {
  const place = path.join(folder, 'beside');
  const store = new FileStore(place);
  const program = path.join(folder, 'writer.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), 'writer.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const writers = Array.from({ length: 6 }, (_, index) =>
    promisify(execFile)(process.execPath, [
      program,
      place,
      'abcdef'[index]!,
      '9000',
      process.env['CARELESS'] ? 'careless' : 'careful',
    ]),
  );
  let going = true;
  const all = Promise.all(writers).finally(() => (going = false));
  const ended = async (id: string): Promise<boolean> => (await readRun(store, id))?.end !== null;
  let sweeps = 0;
  let removed = 0;
  while (going) {
    const { blobs } = await collect(store, options({ olderThanMs: 0, isOpen: async (id) => !(await ended(id)) }));
    sweeps++;
    removed += blobs.removed;
  }
  const said = (await all).map(
    ({ stdout }) => JSON.parse(stdout) as { runs: number; again: number; found: number; lost: string[] },
  );
  const sum = (of: 'runs' | 'again' | 'found'): number => said.reduce((total, one) => total + one[of], 0);
  process.stdout.write(
    `${sweeps} sweeps, ${removed} blobs removed, ${sum('runs')} runs, ${sum('found')} found, ${sum('again')} looked again\n`,
  );
  expect(said.flatMap(({ lost }) => lost)).toEqual([]);
  expect(sweeps).toBeGreaterThan(3);
  expect(removed).toBeGreaterThan(20);
  for await (const { key } of store.list('lineage/')) {
    const record = JSON.parse(Buffer.from((await store.get(key)) ?? 'null').toString()) as {
      outputs: Record<string, Ref>;
    };
    expect(await areWhole(store, Object.values(record.outputs))).toBe(true);
  }
}, 60_000);
