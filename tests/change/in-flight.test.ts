import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canonical } from '../../core/json.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer, type Outcome } from '../matrix/harness.js';

const WORKER = 'nodes/probe/worker.ts';
const PIPELINE = 'pipelines/change.ts';

/** A project that is edited while a run of it goes on. */
describe('a run keeps to the code that it started with', () => {
  let server: TemporalService;
  let probe: Probe;
  let undisturbed: string;
  let original: Readonly<Record<string, string>>;

  beforeAll(async () => {
    server = await startServer();
    probe = await Probe.start(server, { respawn: true });
    original = { [WORKER]: probe.read(WORKER), [PIPELINE]: probe.read(PIPELINE) };
    undisturbed = result(await probe.run('slow', { salt: 'undisturbed', ms: 1 }, { id: 'undisturbed' }));
  });
  afterEach(async () => {
    for (const [file, text] of Object.entries(original)) probe.write(file, text);
    await probe.reload();
  });
  afterAll(async () => {
    await probe?.close();
    await server?.stop();
  });

  const result = (outcome: Outcome): string => {
    if (outcome.state === 'failed') throw outcome.error;
    return canonical(outcome.result);
  };
  const started = (run: string, label: string) =>
    probe.until((event) => event.run.split('/')[0] === run && event.what === 'start' && event.label.startsWith(label));

  /** Other results of steps and scores, and a pipeline whose first call is another. */
  function edit(): void {
    const worker = probe
      .read(WORKER)
      .replace('inputs.from.value.n + add', 'inputs.from.value.n + 100 * add')
      .replace('inputs.from.value.n - (x', '500 + inputs.from.value.n - (x');
    probe.write(WORKER, worker);
    probe.write(PIPELINE, probe.read(PIPELINE).replace("label: 'from', n: 1", "label: 'another', n: 7"));
  }

  it.each([
    ['in its first node', 'from'],
    ['in the middle of its study', 'trial'],
    ['in its last node', 'after'],
  ])('edited %s, with the worker taking up the new code', async (_, label) => {
    const run = await probe.start('slow', { salt: label, ms: 400 }, { id: `edited-${label}` });
    await started(run.workflowId, label);
    edit();
    await probe.reload();
    expect(result(await probe.outcome(run))).toBe(undisturbed);
    // The edit is one that counts: a new run gives something else.
    expect(result(await probe.run('slow', { salt: label, ms: 1 }, { id: `new-${label}` }))).not.toBe(undisturbed);
  });

  it('edited while its worker is dead: the next worker serves the former build beside the new one', async () => {
    const run = await probe.start('slow', { salt: 'dead', ms: 400 }, { id: 'edited-dead' });
    await started(run.workflowId, 'trial');
    edit();
    await probe.killWorker();
    expect(result(await probe.outcome(run))).toBe(undisturbed);
  });
});
