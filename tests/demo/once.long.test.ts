import { createConnection } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { DemoProject, type DemoResult } from './demo-project.js';

const project = new DemoProject();
afterAll(() => project.remove());

/** The steps of a model's life that the demo must go through, in their order. */
const FIRST = [
  'define',
  'ingest',
  'clean',
  'check',
  'explore',
  'label review',
  'split',
  'features',
  'tune',
  'train',
  'evaluate',
  'gate',
  'deploy',
  'monitor',
];
const LOOP = ['predict', 'traffic as in training', 'traffic that shifts', 'drift found', 'retraining'];

function stepsOf({ steps }: DemoResult, run: string): string[] {
  return steps.filter((one) => one.run === run && one.nodes).map((one) => one.step);
}

it('--once --json gives an entry for each step, versions and metrics before and after, and leaves nothing running', async () => {
  const first = await project.result();
  const [run = '', retraining = ''] = first.runs;
  expect(stepsOf(first, run)).toEqual(expect.arrayContaining(FIRST));
  const all = first.steps.map(({ step }) => step);
  expect(LOOP.map((step) => all.indexOf(step))).toEqual(LOOP.map((step) => all.indexOf(step)).sort((a, b) => a - b));
  expect(LOOP.every((step) => all.includes(step))).toBe(true);
  expect(stepsOf(first, retraining)).toEqual(expect.arrayContaining(['champion against challenger', 'train']));
  for (const { step, seconds } of first.steps) expect(seconds, step).toBeGreaterThanOrEqual(0);
  expect(first.labels.mended / first.labels.flipped).toBeGreaterThan(0.5);
  expect(first.versions).toEqual({ before: 1, after: 2 });
  expect(first.verdict).toBe('promoted: version 2 serves');
  // Fresh rows alone: the sealed test set is opened once a round, for the model that is about to serve.
  expect(first.duel).toMatchObject({ verdict: 'promote', decided: true });
  expect(first.duel.sets.map(({ rows }) => rows)).toEqual(['fresh']);
  expect(first.metrics.before.f1).toBeGreaterThanOrEqual(0.9);
  expect(first.models.before).not.toBe(first.models.after);
  expect(await project.leftovers()).toEqual([]);
  const { temporal, ui, redis, server } = project.addresses() ?? { temporal: '', ui: '', redis: '', server: '' };
  for (const address of [temporal, ui, redis, server]) expect(await answers(address), address).toBe(false);

  // Both runs can be made again, label review, study, deployment and all, with nothing of theirs running.
  for (const id of first.runs) {
    const { code, out, err } = await project.trainyard('verify', id, '--json').ended;
    expect(code, `${id}: ${out}${err}`).toBe(0);
    const { calls } = JSON.parse(out) as { calls: { verdict: string }[] };
    expect(new Set(calls.map(({ verdict }) => verdict))).toEqual(new Set(['equal', 'answered']));
  }

  // Done again, what is unchanged is found: nothing is tuned or trained a second time.
  const again = await project.result();
  const trained = again.steps.find(({ step, run: of }) => step === 'train' && of === again.runs[0]);
  expect(trained?.nodes?.map(({ state }) => state)).toEqual(['found']);
  expect(again.models.before).toBe(first.models.before);
  expect(again.versions.before).toBeGreaterThan(2);
  expect(await project.leftovers()).toEqual([]);
}, 600_000);

/** Whether anybody listens at `host:port`, with or without a scheme. */
function answers(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address.includes('://') ? address : `tcp://${address}`);
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
