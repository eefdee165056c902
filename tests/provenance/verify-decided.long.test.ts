import { existsSync, readdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { GraphRecord } from '../../core/graph.js';
import type { Verification } from '../../client/provenance/index.js';
import { interrupt } from '../cli/harness.js';
import { FixtureProject } from './fixture-project.js';

// Each case verifies by commands of their own; on a busy machine that takes minutes.
vi.setConfig({ testTimeout: 600_000 });

let project: FixtureProject;
const params = (): string[] => ['-p', `source=${project.place('source.txt')}`, '-p', `mood=${project.place('mood')}`];

beforeAll(async () => {
  project = new FixtureProject('decided');
  const dev = await project.dev();
  const decided = project.start(['run', 'decided', '--id', 'decided', '--pause', ...params()]);
  for (const node of ['strict', 'moody', 'broken']) await decided.says(new RegExp(`acts.${node}.* waits for you`));
  await does('retry', 'decided', 'acts.strict', '-p', 'most=100', '--pool', 'spare', '--by', 'ann', '--why', 'large');
  await does('skip', 'decided', 'acts.broken', '--value', 'out={"n":7}', '--by', 'bob', '--why', 'known');
  project.write('mood', 'good');
  await does('retry', 'decided', 'acts.moody', '-p', 'add=5', '--by', 'cat', '--why', 'better');
  await decided.says(/good/);
  await does('approve', 'decided', 'good', '--by', 'dan', '--why', 'yes');
  expect((await decided.ended).code).toBe(0);

  const again = project.start(['resume', 'decided']);
  const [, id = ''] = await again.says(/(decided-\d{8}-\d{6}-\w+)/);
  resumed = id;
  await again.says(/good/);
  await does('approve', resumed, 'good', '--no', '--by', 'eve', '--why', 'no');
  expect((await again.ended).code).toBe(0);

  // Another run, of the same parameters, in which nobody has decided anything.
  expect((await project.run('run', 'decided', '--id', 'alone', ...params())).code).toBe(1);
  const studied = ['run', 'studied', '-p', `source=${project.place('source.txt')}`, '-p', 'ms=20'];
  await does(...studied, '--id', 'studied');
  resumedStudy = /run (studied-\S+),/.exec((await project.run('resume', 'studied')).all)?.[1] ?? '';
  const cancelled = project.start([...studied, '-p', 'ms=400', '--id', 'cancelled', '--fresh']);
  const trials = project.place('.trainyard/store/records/lineage/cancelled=2ftune');
  while (!existsSync(trials) || readdirSync(trials).length < 3) await new Promise((go) => setTimeout(go, 50));
  await does('cancel', 'cancelled');
  await cancelled.ended;
  await interrupt(dev);
  rmSync(project.place('.trainyard/temporal'), { recursive: true, force: true });
}, 1_200_000);
afterAll(() => project.remove());

let resumed = '';
let resumedStudy = '';

async function does(...args: string[]): Promise<void> {
  const { code, all } = await project.run(...args);
  expect(code, all).toBe(0);
}

async function verified(...args: string[]): Promise<Verification> {
  const { code, out, all } = await project.run('verify', ...args, '--json');
  expect(code, all).toBe(0);
  return JSON.parse(out) as Verification;
}

const verdicts = ({ calls }: Verification): Record<string, string> =>
  Object.fromEntries(calls.map(({ call, node, verdict }) => [`${node.replace('acts.', '')} ${call}`, verdict]));

const nodes = async (run: string): Promise<GraphRecord['nodes']> =>
  (await project.json<{ graph: GraphRecord }>('show', run)).graph.nodes;

it('a run that operators decided about: computed as they said, also where it would not fail any more', async () => {
  const verification = await verified('decided');
  expect(verdicts(verification)).toEqual({
    'start n1': 'equal',
    'strict n2': 'equal',
    'moody n3': 'equal',
    'broken n4': 'answered',
    'sum n5': 'equal',
    'read n7': 'answered',
    'sum n8': 'equal',
  });
  expect(verification.equal).toBe(true);
});

it('its resume, in which the decisions stand, with who and why', async () => {
  const told = (await nodes(resumed)).flatMap(({ node, state, given, recoveries = [] }) =>
    recoveries.map(({ by, why }) => [node, state, given ?? false, by, why].join()),
  );
  expect(told).toEqual([
    'acts.strict,found,false,ann,large',
    'acts.moody,found,false,cat,better',
    'acts.broken,found,true,bob,known',
  ]);
  const verification = await verified(resumed);
  expect(verdicts(verification)).toEqual({
    'start n1': 'equal',
    'strict n2': 'equal',
    'moody n3': 'equal',
    'broken n4': 'answered',
    'sum n5': 'equal',
    'sum n7': 'equal',
  });
});

it('the same from a file', async () => {
  const file = project.place('resumed.zip');
  await does('export', resumed, '--to', file);
  const { calls, equal } = await verified('--from', file);
  expect(calls.filter(({ verdict }) => verdict === 'equal')).toHaveLength(5);
  expect(equal).toBe(true);
});

it('what operators decided is found by no other run; one that failed is verified as far as it came', async () => {
  const states = (await nodes('alone')).map(({ node, state }) => `${node} ${state}`);
  expect(states).toEqual([
    'acts.start found',
    'acts.strict failed',
    'acts.moody done',
    'acts.broken failed',
    'acts.sum skipped',
  ]);
  const verification = await verified('alone');
  expect(verification.state).toBe('failed');
  expect(verdicts(verification)).toMatchObject({ 'start n1': 'equal', 'strict n2': 'unfinished', 'moody n3': 'equal' });
});

it('a run with a study that continued as new, and its resume: every trial', async () => {
  for (const run of ['studied', resumedStudy]) {
    const { calls } = await verified(run);
    const trials = calls.filter(({ node }) => node === 'acts.fit');
    expect(trials).toHaveLength(8);
    const ends = (await nodes(`${run}/tune`)).filter(({ node }) => node === 'acts.fit').map(({ state }) => state);
    // Those that the pruner stopped have no result.
    expect(trials.filter(({ verdict }) => verdict === 'equal')).toHaveLength(
      ends.filter((state) => state !== 'cancelled').length,
    );
    expect(calls.filter(({ node }) => node === 'tune.report').map(({ verdict }) => verdict)).toEqual(['equal']);
  }
});

it('one that was cancelled, as far as it came', async () => {
  const { calls, state } = await verified('cancelled');
  expect(calls.filter(({ verdict }) => verdict === 'equal').length).toBeGreaterThan(3);
  expect(['cancelled', 'done']).toContain(state);
});
