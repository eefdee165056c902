import { existsSync, readdirSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeRun } from '../../client/run/run-view.js';
import type { TemporalService } from '../../setup/index.js';
import { recordsOfRun } from '../../store/index.js';
import { Probe, startServer } from './harness.js';

const EPOCHS = 400;
const data = fileURLToPath(new URL('../../examples/penguins/data/penguins.csv', import.meta.url));

/** One training on the penguins that saves its state after every epoch. */
const PIPELINE = `import { pipeline } from 'trainyard';
import * as clean from 'trainyard/plugins/clean';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';

export default pipeline('training', {}, async () => {
  const raw = ingest.csv({ source: ${JSON.stringify(data)} });
  const table = clean.table({ table: raw, rules: [{ rule: 'require', columns: ['species', 'body_mass_g'] }] });
  const parts = split.stratified({ table, label: 'species', test: 0.2, validation: 0.2 });
  const recipe = { numeric: ['bill_length_mm', 'body_mass_g'], categorical: ['sex'], label: 'species' };
  const given = { train: parts.train, validation: parts.validation, prep: features.fit({ table: parts.train, recipe }) };
  return train.net({ ...given, label: 'species', epochs: ${EPOCHS}, patience: ${EPOCHS}, checkpointSeconds: 0 }).model;
});
`;

let server: TemporalService;
let probe: Probe;
let undisturbed: Probe;
beforeAll(async () => {
  server = await startServer();
  const started = (): Promise<Probe> => Probe.start(server, { slots: 1, heartbeat: '3 seconds' });
  [probe, undisturbed] = await Promise.all([started(), started()]);
  for (const one of [probe, undisturbed]) {
    one.write('pipelines/training.ts', PIPELINE);
    await one.reload();
  }
}, 300_000);
afterAll(async () => {
  await probe?.close();
  await undisturbed?.close();
  await server?.stop();
});

/** Counts from outside how often a training has saved its state, which it does once an epoch. */
class Epochs {
  readonly #numbers = new Set<number>();
  #watched: FSWatcher | undefined;

  /** Resolves once the training's folder of checkpoints is there; counts from then on. */
  async watch(of: Probe): Promise<void> {
    const all = of.path('.trainyard/store/records/checkpoints');
    const folders = (): string[] => (existsSync(all) ? readdirSync(all) : []);
    while (folders().length === 0) await wait(10);
    const folder = path.join(all, folders()[0] ?? '');
    this.#watched = watch(folder, (_, name) => this.#add(name));
    for (const name of readdirSync(folder)) this.#add(name);
  }

  #add(name: string | null): void {
    if (name !== null && /^\d+$/.test(name)) this.#numbers.add(Number(name));
  }

  /** How often it was saved: the states are numbered. */
  get saved(): number {
    return Math.max(0, ...this.#numbers);
  }

  end(): void {
    this.#watched?.close();
  }
}

/** The process id of the worker that has the training. */
async function workerOf(run: string): Promise<number> {
  for (;;) {
    const pending = (await describeRun(probe.client.temporal, run))?.pending ?? [];
    const worker = pending.find(({ node }) => node === 'train.net')?.progress?.worker;
    if (worker !== undefined) return Number(worker.split(':').at(-1));
    await wait(50);
  }
}

it('a training whose worker is killed and stays dead goes on elsewhere where it was, to the same model', async () => {
  const other = await probe.addWorker();
  const both = [probe.workerPid, other.pid];
  const epochs = new Epochs();
  const run = await probe.start('training', {}, { id: 'training' });
  await epochs.watch(probe);
  while (epochs.saved < EPOCHS / 8) await wait(5);
  const killed = await workerOf('training');
  expect(both).toContain(killed);
  process.kill(killed, 'SIGKILL');
  const outcome = await probe.outcome(run);
  epochs.end();
  const beside = await undisturbed.run('training', {}, { id: 'undisturbed' });
  if (outcome.state === 'failed') throw outcome.error;
  if (beside.state === 'failed') throw beside.error;
  // Bit for bit.
  expect(outcome.result).toEqual(beside.result);

  const trained = async (of: Probe, id: string) =>
    (await recordsOfRun(of.client.store, id)).find(({ node }) => node === 'train.net');
  const { worker = '', attempt, key } = (await trained(probe, 'training')) ?? {};
  expect((await trained(undisturbed, 'undisturbed'))?.key).toBe(key);
  expect(Number(worker.split(':').at(-1))).toBe(both.find((pid) => pid !== killed));
  expect(attempt).toBeGreaterThan(1);
  // Every epoch was computed once, and the one at which it was killed perhaps twice: from the start it were an eighth more.
  expect(epochs.saved).toBeGreaterThanOrEqual(EPOCHS - 2);
  expect(epochs.saved).toBeLessThanOrEqual(EPOCHS + 1);
}, 240_000);
