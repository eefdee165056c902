import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrainyardError } from '@trainyard/errors';
import type { TemporalService } from '../../../setup/index.js';
import { Probe, startServer, type Outcome } from '../../../tests/matrix/harness.js';

let server: TemporalService;
let probe: Probe;

beforeAll(async () => {
  server = await startServer();
  probe = await Probe.start(server, {
    fixture: 'snake',
    slots: 2,
    heartbeat: '3 seconds',
    respawn: true,
    crashes: false,
  });
}, 120_000);

afterAll(async () => {
  await probe?.close();
  await server?.stop();
});

const done = (outcome: Outcome): unknown => {
  if (outcome.state === 'done') return outcome.result;
  throw outcome.error;
};
const stateOf = async (run: string): Promise<string | undefined> =>
  (await probe.graph(run)).nodes.find(({ node }) => node === 'snake.look')?.state;

test('a table goes to Python and comes back as figures and a file; what was computed is found, until its Python code changes', async () => {
  const first = done(await probe.run('looking', {}, { id: 'looking-1' })) as { figures: object };
  expect(first.figures).toEqual({ rows: 3, magic: 'PAR1', word: 'first' });
  expect(done(await probe.run('looking', {}, { id: 'looking-2' }))).toEqual(first);
  expect(await stateOf('looking-2')).toBe('found');

  probe.write('nodes/snake/word.py', "WORD = 'second'\n");
  await probe.reload();
  expect(done(await probe.run('looking', {}, { id: 'looking-3' }))).toMatchObject({ figures: { word: 'second' } });
  expect(await stateOf('looking-3')).toBe('done');
}, 120_000);

test('an error in Python is the run’s, in one sentence with its place', async () => {
  const outcome = await probe.run('falling', {}, { id: 'falling-1' });
  const error = (outcome as { error: TrainyardError }).error;
  expect(error.code).toBe('TY-NODE-FAILED');
  expect(error.message).toContain("snake.fall failed: KeyError: 'deep'");
  expect(error.message).toMatch(/file nodes\/snake\/climb\.py:\d+/);
  expect(error.message).not.toContain('Traceback');
}, 120_000);

test('Python killed in the middle, and then its worker: the run goes on, and gives what an undisturbed one gives', async () => {
  interface Note {
    readonly run: string;
    readonly step: number;
    readonly pid: number;
    readonly attempt: number;
  }
  const params = { steps: 30, notes: probe.path('notes.jsonl') };
  const notes = (run: string): Note[] =>
    probe
      .read('notes.jsonl')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Note)
      .filter((note) => note.run === run);
  const reaches = (step: number): Promise<unknown> =>
    expect.poll(() => notes('climbing-1').at(-1)?.step ?? 0, { timeout: 30_000, interval: 10 }).toBeGreaterThan(step);
  const handle = await probe.start('climbing', params, { id: 'climbing-1', fresh: true });
  await reaches(5);
  process.kill(notes('climbing-1').at(-1)!.pid, 'SIGKILL');
  await reaches(15);
  await probe.killWorker();
  const disturbed = done(await probe.outcome(handle));
  const undisturbed = done(await probe.run('climbing', params, { id: 'climbing-2', fresh: true }));
  expect(disturbed).toEqual(undisturbed);
  const steps = notes('climbing-1');
  // It went on from where it was: a step that was saved and not noted, or noted and not saved, is the most that differs.
  expect(steps.length).toBeLessThanOrEqual(params.steps + 2);
  expect(new Set(steps.map(({ pid }) => pid)).size).toBe(3);
}, 120_000);
