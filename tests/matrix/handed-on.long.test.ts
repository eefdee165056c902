import { afterAll, beforeAll, expect, it } from 'vitest';
import { queryGraph } from '../../client/run/run-view.js';
import { decide, recoverNode } from '../../client/run/runs.js';
import type { GraphNode } from '../../core/graph.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from './harness.js';

const RUN = 'handed';
let server: TemporalService;
let probe: Probe;
beforeAll(async () => {
  server = await startServer();
  probe = await Probe.start(server, { fixture: 'decided' });
}, 300_000);
afterAll(async () => {
  await probe?.close();
  await server?.stop();
});

/** Calls that wait for an operator, once so many do. */
async function paused(count: number): Promise<readonly GraphNode[]> {
  for (;;) {
    const { nodes = [] } = (await queryGraph(probe.client.temporal, RUN)) ?? {};
    const waiting = nodes.filter(({ state }) => state === 'paused');
    if (waiting.length === count) return waiting;
    await new Promise((go) => setTimeout(go, 100));
  }
}

const named = (nodes: readonly GraphNode[], name: string): string =>
  nodes.find(({ node, params }) => `${node} ${Object.values(params as object).join()}` === `acts.${name}`)?.call ?? '';

/** What was executed, sorted, each as often as it was. */
const executed = (): string[] =>
  probe
    .read('executed.txt')
    .split('\n')
    .filter((line) => line !== '')
    .sort();

/** When an approval was asked for, as the graph of the run's part says. */
const askedAt = async (name: string): Promise<number | undefined> =>
  (await queryGraph(probe.client.temporal, RUN))?.nodes.find(({ node }) => node === name)?.startedAt;

/** Seconds of the longest timer that the run's part has set: the deadline of its approval. */
async function deadline(): Promise<number> {
  const { events } = await probe.client.temporal.workflow.getHandle(RUN).fetchHistory();
  const timers = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
    timer?.startToFireTimeout ? [Number(timer.startToFireTimeout.seconds)] : [],
  );
  return Math.max(...timers);
}

const partOf = async (): Promise<string> => (await probe.client.temporal.workflow.getHandle(RUN).describe()).runId;

it('a run that continues as new while calls wait for an operator: they wait on, unexecuted, and what was decided stands', async () => {
  const run = await probe.start('handed', {}, { id: RUN });
  for (let told = false; !told;)
    told = await decide(probe.client, RUN, { name: 'begin', approved: true, by: 'ann', why: 'go' }).then(
      () => true,
      () => false,
    );
  const first = await paused(5);
  const once = ['broken given', 'broken open', 'broken refused', 'strict 10', 'strict 20'];
  expect(executed()).toEqual(once);
  const part = await partOf();
  await recoverNode(probe.client, RUN, {
    call: named(first, 'strict 10'),
    action: 'retry',
    params: { most: 100 },
    by: 'bob',
    why: 'large',
  });
  const given = { call: named(first, 'broken given'), action: 'skip', outputs: { out: { n: 7 } } } as const;
  await recoverNode(probe.client, RUN, { ...given, by: 'cat', why: 'known' });
  await recoverNode(probe.client, RUN, { call: named(first, 'broken refused'), action: 'fail', by: 'dan', why: 'no' });
  await paused(2);

  const asked = await askedAt('sure');
  expect(await deadline()).toBe(20 * 60);

  // A history so large that the next call has the run continue as new; so the decision itself is handed on, too.
  const { temporal } = probe.client;
  for (let noise = 0; noise < 90; noise++) await temporal.workflow.getHandle(RUN).signal('noise', 'x'.repeat(100_000));
  await recoverNode(probe.client, RUN, {
    call: named(first, 'strict 20'),
    action: 'retry',
    params: { most: 200 },
    by: 'eve',
    why: 'larger',
  });
  await expect.poll(partOf, { timeout: 60_000, interval: 200 }).not.toBe(part);
  const [open] = await paused(1);
  expect(await askedAt('sure')).toBe(asked);
  expect(await deadline()).toBeLessThan(20 * 60 - 1);
  expect(open?.error?.message).toContain('it is broken');
  await recoverNode(probe.client, RUN, {
    call: open?.call ?? '',
    action: 'skip',
    outputs: { out: { n: 1 } },
    by: 'fay',
    why: 'last',
  });
  await decide(probe.client, RUN, { name: 'sure', approved: true, by: 'gil', why: 'yes' });
  expect(await probe.outcome(run)).toMatchObject({ state: 'done', result: { value: { n: 388 } } });
  expect(executed()).toEqual([...once, 'strict 100', 'strict 200'].sort());
  const { nodes } = await probe.graph(RUN);
  const told = nodes.flatMap(({ node, params, asked, state, given: given_, recoveries = [], decision }) => [
    ...recoveries.map(({ by }) =>
      [by, node, JSON.stringify(asked ?? null), JSON.stringify(params), state, given_].join(),
    ),
    ...(decision ? [`${decision.by} ${decision.why}`] : []),
  ]);
  expect(told.sort()).toEqual([
    'ann go',
    'bob,acts.strict,{"most":10},{"most":100},done,',
    'cat,acts.broken,null,{"label":"given"},skipped,true',
    'dan,acts.broken,null,{"label":"refused"},failed,',
    'eve,acts.strict,{"most":20},{"most":200},done,',
    'fay,acts.broken,null,{"label":"open"},skipped,true',
    'gil yes',
  ]);
}, 240_000);
