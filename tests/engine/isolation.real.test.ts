import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelOrEnd } from '../../client/run/cancel.js';
import { decide } from '../../client/run/runs.js';
import type { TrainyardError } from '@trainyard/errors';
import type { GraphNode } from '../../core/graph.js';
import type { TemporalService } from '../../setup/index.js';
import { readRun, recordsOfRun } from '../../store/index.js';
import { Probe, startServer } from '../matrix/harness.js';

const CONTRACTS = `
import { z } from 'zod';
import { json, node } from 'trainyard';
const out = json(z.object({ n: z.number() }));
const once = { version: '1', inputs: {}, outputs: out, retry: { attempts: 1 } } as const;
export const spin = node({ name: 'rough.spin', ...once, params: z.object({ ms: z.number() }) });
export const die = node({ name: 'rough.die', ...once, params: z.object({}) });
export const eat = node({ name: 'rough.eat', ...once, params: z.object({}), resources: { memory: '400MB' } });
export const huge = node({
  name: 'rough.huge', ...once, params: z.object({ user: z.boolean(), file: z.string() }),
  retry: { attempts: 2, initialInterval: '100ms' },
});
export const endless = node({ name: 'rough.endless', ...once, params: z.object({}), timeout: '1 second' });
export const quick = node({ name: 'rough.quick', ...once, params: z.object({ n: z.number() }) });
`;

const IMPLEMENTATIONS = `
import { appendFileSync } from 'node:fs';
import { implement, UserError } from 'trainyard/worker';
import { die, eat, endless, huge, quick, spin } from './index.js';
export const spinNode = implement(spin, ({ params }) => {
  const end = performance.now() + params.ms;
  while (performance.now() < end);
  return { value: { n: 1 } };
});
export const dieNode = implement(die, () => {
  process.kill(process.pid, 'SIGKILL');
  return { value: { n: 2 } };
});
export const eatNode = implement(eat, async () => {
  const held: Buffer[] = [];
  for (;;) {
    held.push(Buffer.alloc(20_000_000, 1));
    await new Promise((wait) => setTimeout(wait, 5));
  }
});
export const hugeNode = implement(huge, ({ params }) => {
  appendFileSync(params.file, 'x');
  throw params.user ? new UserError('y'.repeat(5_000_000)) : new Error('x'.repeat(5_000_000));
});
export const endlessNode = implement(endless, () => new Promise<never>((_, late) => setTimeout(late, 60_000)));
export const quickNode = implement(quick, ({ params }) => ({ value: { n: params.n } }));
`;

const PIPELINES = `
import { approval, map, pipeline } from 'trainyard';
import { z } from 'zod';
import { die, eat, endless, huge, quick, spin } from '../nodes/rough/index.js';
const throwing = { params: z.object({ user: z.boolean(), file: z.string() }) };
export const shouting = pipeline('shouting', throwing, async (p) => void (await huge(p)));
export const lasting = pipeline('lasting', {}, async () => void (await endless({})));
export const roaring = pipeline('roaring', {}, async () => {
  throw new RangeError('r'.repeat(5_000_000));
});
export const spinning = pipeline('spinning', {}, async () => {
  const slow = spin({ ms: 6000 });
  let sum = 0;
  for (let n = 0; n < 5; n++) sum += (await quick({ n })).value!.n;
  await slow;
  return sum;
});
const beside = (name: 'dying' | 'eating', n: number, rough: () => PromiseLike<unknown>) =>
  pipeline(name, {}, async () => {
    const failed = rough();
    const ok = quick({ n });
    await ok;
    await failed;
  });
export const dying = beside('dying', 41, () => die({}));
export const eating = beside('eating', 42, () => eat({}));
function nameOf(found: unknown): string {
  return (found as { name: string }).name;
}
export const slipping = pipeline('slipping', {}, async () => {
  await quick({ n: 43 });
  return nameOf(undefined);
});
export const mapping = pipeline('mapping', {}, async () => {
  await map([1, 2], async (n) => {
    if (n === 2) throw new RangeError('no 2');
    return n;
  });
});
async function letGo(): Promise<void> {
  await quick({ n: 44 });
  nameOf(undefined);
}
export const forgetful = pipeline('forgetful', {}, async () => {
  void letGo();
  await spin({ ms: 2000 });
});
export const computing = pipeline('computing', {}, async () => {
  await quick({ n: 45 });
  for (let n = 0; ; n = (n * 31 + 7) % 1000003) if (n < 0) return n;
});
export const generous = pipeline('generous', { params: z.object({ n: z.number() }) }, async ({ n }) => 'q'.repeat(n));
const long = z.object({ text: z.string() });
export const verbose = pipeline('verbose', { params: long }, async ({ text }) => text.length);
export const within = pipeline('within', { params: z.object({ n: z.number() }) }, async (p) => quick({ n: p.n }));
const ask = (question: string) => approval({ name: 'same', question });
export const askedApart = pipeline('asked-apart', {}, () => map(['left?', 'right?'], ask));
export const askedTwice = pipeline('asked-twice', {}, async () => Promise.all([ask('first?'), ask('second?')]));
export const decided = pipeline('decided', {}, async () => {
  const part = await within({ n: 7 });
  const yes = await approval({ name: 'go live', question: 'Is it good enough?', evidence: part.value! });
  return { yes, n: part.value!.n };
});
`;

describe('a rough node is its own trouble', () => {
  let server: TemporalService;
  let probe: Probe;

  beforeAll(async () => {
    server = await startServer();
    // Silent for three seconds, a worker is given up: a node that keeps the processor must not silence its worker.
    probe = await Probe.start(server, { slots: 2, heartbeat: '3 seconds' });
    mkdirSync(probe.path('nodes/rough'));
    probe.write('nodes/rough/index.ts', CONTRACTS);
    probe.write('nodes/rough/worker.ts', IMPLEMENTATIONS);
    probe.write('pipelines/rough.ts', PIPELINES);
    probe.write(
      'temporal.config.ts',
      probe.read('temporal.config.ts').replace('"./nodes/probe"', '"./nodes/probe","./nodes/rough"'),
    );
    await probe.reload();
  }, 120_000);

  afterAll(async () => {
    await probe?.close();
    await server?.stop();
  });

  const nodes = async (run: string): Promise<GraphNode[]> => (await probe.graph(run)).nodes;
  const nodesRecorded = async (run: string): Promise<number> => (await recordsOfRun(probe.client.store, run)).length;
  const failure = async (pipeline: string, params = {}): Promise<TrainyardError> => {
    const outcome = await probe.run(pipeline, params, { id: `${pipeline}-1` });
    if (outcome.state === 'done') throw new Error(`${pipeline} should have failed`);
    return outcome.error as TrainyardError;
  };

  it('one that keeps the processor busy delays no other, and its worker goes on answering', async () => {
    expect(await probe.run('spinning', {}, { id: 'spinning-1' })).toEqual({ state: 'done', result: 10 });
    const all = await nodes('spinning-1');
    const spin = all.find(({ node }) => node === 'rough.spin') as GraphNode;
    const quick = all.filter(({ node }) => node === 'rough.quick');
    expect(quick).toHaveLength(5);
    for (const one of quick) expect(one.endedAt).toBeLessThan(spin.endedAt as number);
    // Tried once: nobody took its worker for dead.
    expect(spin.attempt).toBe(1);
  });

  it('one whose process is killed fails by itself, with the signal named', async () => {
    const error = await failure('dying');
    expect(error.code).toBe('TY-NODE-CRASHED');
    expect(error.message).toContain('SIGKILL');
    expect((await nodes('dying-1')).find(({ node }) => node === 'rough.quick')?.state).toBe('done');
  });

  it('one that takes too much memory is ended, with what it took and what it may take', async () => {
    const error = await failure('eating');
    expect(error.code).toBe('TY-NODE-MEMORY');
    expect(error.expected).toContain('400 MB');
    expect((await nodes('eating-1')).find(({ node }) => node === 'rough.quick')?.state).toBe('done');
  });

  it.each([
    ['is tried as often as its contract says', false, 2],
    ["of the user's is tried once", true, 1],
  ])('an error of 5 MB %s, then it fails with its reason', async (_, user, attempts) => {
    const file = probe.path(`tries-${attempts}`);
    const outcome = await probe.run('shouting', { user, file }, { id: `shouting-${attempts}` });
    const error = (outcome as { error: TrainyardError }).error;
    expect(error.code).toBe(user ? 'TY-NODE-INPUT' : 'TY-NODE-FAILED');
    expect(error.message).toContain('characters left out');
    expect(error.message.length).toBeLessThan(10_000);
    expect(readFileSync(file, 'utf8')).toHaveLength(attempts);
    const logs: string[] = [];
    for await (const { key } of probe.client.store.list(`runs/shouting-${attempts}/logs/`)) logs.push(key);
    expect(logs).toHaveLength(attempts);
    const kept = Buffer.from((await probe.client.store.get(logs[0] ?? '')) ?? []).toString();
    expect(kept).toContain((user ? 'y' : 'x').repeat(5_000_000));
  });

  it('an error of 5 MB that a pipeline throws ends its run, with the reason', async () => {
    const error = await failure('roaring');
    expect(error.code).toBe('TY-PIPELINE-THREW');
    expect(error.message).toContain('RangeError: rrr');
    expect(error.message.length).toBeLessThan(10_000);
  });

  it('one that takes too long is ended, with the time that it may take', async () => {
    const error = await failure('lasting');
    expect(error.code).toBe('TY-NODE-TIMEOUT');
    expect(error.expected).toContain('1.0 s');
    expect(error.remedy).toContain('raise timeout');
  });

  it("what a pipeline's own function throws is told with its line, and what had finished stays", async () => {
    const error = await failure('slipping');
    expect(error.code).toBe('TY-PIPELINE-THREW');
    expect(error.message).toContain('pipeline slipping threw TypeError: Cannot read properties of undefined');
    const line = PIPELINES.split('\n').findIndex((text) => text.includes('as { name: string }')) + 1;
    expect(error.where.file).toMatch(new RegExp(`^pipelines/rough\\.ts:${line}:\\d+$`));
    const { nodes: all, error: kept } = await probe.graph('slipping-1');
    expect(kept).toMatchObject({ code: 'TY-PIPELINE-THREW', where: { run: 'slipping-1', file: error.where.file } });
    expect(all.map(({ state }) => state)).toEqual(['done']);
  });

  it("the line is the first of the stack, also where the next is the engine's and none has a name", async () => {
    const error = await failure('mapping');
    const line = PIPELINES.split('\n').findIndex((text) => text.includes("RangeError('no 2')")) + 1;
    expect(error.where.file).toMatch(new RegExp(`^pipelines/rough\\.ts:${line}:\\d+$`));
  });

  it('a promise that was let go and rejected is laid to its own run, and its worker serves the others', async () => {
    const handle = await probe.start('forgetful', {}, { id: 'forgetful-1' });
    const told = async (): Promise<string | undefined> => {
      const { events } = await handle.fetchHistory();
      const failed = events?.map((event) => event.workflowTaskFailedEventAttributes).find((one) => one);
      return failed?.failure?.message ?? undefined;
    };
    await expect
      .poll(told, { timeout: 30_000 })
      .toContain('Unhandled Promise rejection: TypeError: Cannot read properties of undefined');
    expect(await probe.run('within', { n: 8 }, { id: 'within-8' })).toMatchObject({ state: 'done' });
    // Its Workflow cannot answer, so a cancellation has to end it.
    expect(await cancelOrEnd(probe.client, 'forgetful-1')).toMatchObject({
      state: 'ended',
      reason: expect.stringContaining('Unhandled Promise rejection') as string,
    });
    expect(await probe.outcome(handle)).toMatchObject({ state: 'failed', error: { code: 'TY-RUN-ENDED' } });
    expect((await readRun(probe.client.store, 'forgetful-1'))?.end).toMatchObject({ status: 'cancelled' });
  });

  it('a pipeline that computes for ever fails with a sentence; its worker lives, and other runs go on', async () => {
    const worker = probe.workerPid;
    const handle = await probe.start('computing', {}, { id: 'computing-1' });
    await expect.poll(async () => (await nodesRecorded('computing-1')) > 0, { timeout: 30_000 }).toBe(true);
    const other = probe.run('within', { n: 9 }, { id: 'within-9' });
    expect(await probe.outcome(handle)).toMatchObject({
      state: 'failed',
      error: { code: 'TY-PIPELINE-STUCK', what: expect.stringMatching(/^computing computed for \d+ s/) as string },
    });
    expect(await other).toMatchObject({ state: 'done' });
    expect(probe.workerPid).toBe(worker);
    expect((await readRun(probe.client.store, 'computing-1'))?.end).toMatchObject({
      status: 'failed',
      error: { code: 'TY-PIPELINE-STUCK' },
    });
  });

  it('what is larger than what Temporal takes is refused before, with its size and the limit', async () => {
    expect(await failure('generous', { n: 2_500_000 })).toMatchObject({
      code: 'TY-TOO-LARGE',
      what: 'what generous gives back: more than what travels',
      actual: '2,500,002 bytes',
    });
    const text = 'x'.repeat(3_000_000);
    await expect(probe.start('verbose', { text }, { id: 'verbose-1' })).rejects.toMatchObject({ code: 'TY-TOO-LARGE' });
    // Nothing half-written: the id is free.
    expect(await readRun(probe.client.store, 'verbose-1')).toBeNull();
    await expect(
      decide(probe.client, 'decided-1', { name: 'go live', approved: true, by: 'ann', why: text }),
    ).rejects.toMatchObject({ code: 'TY-TOO-LARGE' });
  });

  it('of two approvals of one name that were open at once, the first waited for ever', async () => {
    const handle = await probe.start('asked-apart', {}, { id: 'apart-1' });
    const answer = (name: string, approved: boolean): Promise<void> =>
      decide(probe.client, 'apart-1', { name, approved, by: 'ann', why: '' });
    await expect
      .poll(() => answer('same', true).catch((error: Error) => error.message), { timeout: 30_000 })
      .toMatch(/^2 approvals called "same" wait in this run[^]*"map\[0\]\/same", "map\[1\]\/same"/);
    await answer('map[0]/same', false);
    // Only one is left that can be meant.
    await answer('same', true);
    expect(await probe.outcome(handle)).toEqual({ state: 'done', result: [false, true] });
    const decisions = (await nodes('apart-1')).map(({ scope, decision }) => [scope, decision?.passed]);
    expect(decisions).toEqual([
      ['map[0]', false],
      ['map[1]', true],
    ]);
    const twice = await probe.run('asked-twice', {}, { id: 'twice-1' });
    expect(twice).toMatchObject({ state: 'failed', error: { code: 'TY-PARAM' } });
    expect(String((twice as { error: unknown }).error)).toContain('two approvals of this run are called "same"');
  });

  it('a sub-pipeline and an approval are on the record: what was asked, who answered, why', async () => {
    const handle = await probe.start('decided', {}, { id: 'decided-1' });
    // What the Temporal UI shows.
    const details = async (): Promise<string> =>
      ((await handle.query('__temporal_workflow_metadata')) as { currentDetails: string }).currentDetails;
    await expect
      .poll(
        async () =>
          ((await handle.query('graph')) as { nodes: GraphNode[] }).nodes.some(({ kind }) => kind === 'approval'),
        { timeout: 30_000 },
      )
      .toBe(true);
    expect(await details()).toMatch(/^\*\*decided\*\* running: .*1 waiting[^]*^waiting +go live$/m);
    await expect(
      decide(probe.client, 'decided-1', { name: 'go life', approved: true, by: 'ann', why: '' }),
    ).rejects.toThrow('did you mean "go live"');
    await decide(probe.client, 'decided-1', { name: 'go live', approved: true, by: 'ann', why: 'seen by eye' });
    expect(await probe.outcome(handle)).toEqual({ state: 'done', result: { yes: true, n: 7 } });
    expect(await details()).toMatch(/^\*\*decided\*\* done: [^]*^passed +go live$/m);
    const all = await nodes('decided-1');
    expect(all.find(({ kind }) => kind === 'approval')?.decision).toEqual({
      passed: true,
      evidence: { n: 7 },
      by: 'ann',
      why: 'seen by eye',
    });
    expect(all.find(({ node }) => node === 'rough.quick')?.scope).toBe('within');
  });
});
