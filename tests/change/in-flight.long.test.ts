import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRunView } from '../../client/run/run-view.js';
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

  it('whose build is lost and another in its place waits and says why; with its build back it goes on', async () => {
    const run = await probe.start('slow', { salt: 'lost', ms: 400 }, { id: 'lost' });
    await started('lost', 'from');
    const { buildId } = await describeBuild('lost');
    const file = `.trainyard/build/workflows-${buildId}.js`;
    const code = probe.read(file);
    // An engine that waits before it begins: a careless edit of it.
    const other = code.replaceAll(
      /await loadFinished\(/g,
      'await new Promise((go) => setTimeout(go, 1)); await loadFinished(',
    );
    expect(other).not.toBe(code);
    probe.write(file, other);
    await probe.killWorker();
    const stale = async (): Promise<string> => (await readRunView(probe.client, 'lost')).stale ?? '';
    await expect
      .poll(stale, { timeout: 120_000, interval: 500 })
      .toMatch(/^slow lost cannot go on with this code: the run has already gone another way[\s\S]*\[TY-REPLAY\]$/);
    expect(await stale()).toMatch(
      /expected: the engine's step trainyard\.begin is recorded \(event \d+ of its history\)/,
    );
    expect(await stale()).toMatch(/actual: +this code takes another step there/);
    probe.write(file, code);
    await probe.killWorker();
    expect(result(await probe.outcome(run))).toBe(undisturbed);
  });

  async function describeBuild(run: string): Promise<{ buildId: string }> {
    const { raw } = await probe.client.temporal.workflow.getHandle(run).describe();
    const version = raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion;
    return { buildId: version?.buildId ?? '' };
  }
});
