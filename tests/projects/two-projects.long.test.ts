import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { referredTo } from '../../cli/gc/referred-to.js';
import { showBackfill, startBackfill, listBackfills, stopBackfill } from '../../client/backfill/backfill.js';
import { findHome } from '../../client/homes.js';
import { getModel } from '../../client/registry/model-view.js';
import { listModels, moveAlias, readAliases, rollback } from '../../client/registry/models.js';
import { configureMonitor, getMonitor, listMonitors, pauseMonitor } from '../../client/monitor/monitors.js';
import { listReviews, reviewState } from '../../client/review/reviews.js';
import { listRunListings } from '../../client/run/run-list.js';
import { readRunView } from '../../client/run/run-view.js';
import { cancelRun, decide, startPipeline } from '../../client/run/runs.js';
import { listSchedules, triggerSchedule } from '../../client/trigger/schedules.js';
import { listTriggers } from '../../client/trigger/triggers.js';
import { aliasChannel, monitorId, registryId, retrainingRunId, scheduleId } from '../../core/ids.js';
import { createServer, listen } from '../../server/index.js';
import { predictRoutes } from '../../server/predict/index.js';
import { noteProject, projectsIn, readRun } from '../../store/index.js';
import { startCommand } from '../cli/command.js';
import { logged, monitorConfig, Pair, register, requests, rows, until, type OneOfTwo } from './pair.js';

let pair: Pair;
let zoo: OneOfTwo;
let park: OneOfTwo;
const by = { by: 'test', why: 'to see' };
beforeAll(async () => {
  pair = await Pair.start();
  ({ zoo, park } = pair);
});
afterAll(() => pair?.close());

/** What both are asked, in the order zoo, park. */
const ofBoth = <T>(ask: (one: OneOfTwo) => Promise<T>): Promise<T[]> => Promise.all(pair.both.map(ask));

it('two models of one name have two registries, aliases that move apart, and announcements of their own', async () => {
  const heard: string[] = [];
  for (const { client, project } of pair.both) {
    const subscriber = client.redis!.duplicate();
    subscriber.on('message', (_, message: string) => heard.push(`${project}: ${message}`));
    await subscriber.subscribe(aliasChannel(project));
  }
  for (const run of ['zoo-1', 'zoo-2']) await register(zoo, 'penguins', run);
  await register(park, 'penguins', 'park-1');
  expect(
    (await ofBoth(({ client }) => getModel(client, 'penguins'))).map(({ versions }) => versions.map(({ run }) => run)),
  ).toEqual([['zoo-1', 'zoo-2'], ['park-1']]);
  for (const to of [1, 2]) await moveAlias(zoo.client, 'penguins', { alias: 'champion', to, ...by });
  await moveAlias(park.client, 'penguins', { alias: 'champion', to: 1, ...by });
  await expect(moveAlias(park.client, 'penguins', { alias: 'champion', to: 2, ...by })).rejects.toThrow(
    'has no version 2',
  );
  const championsOf = async () =>
    (await ofBoth(({ client }) => readAliases(client, 'penguins'))).map((found) => found?.aliases['champion']?.run);
  expect(await championsOf()).toEqual(['zoo-2', 'park-1']);
  await rollback(zoo.client, 'penguins', { alias: 'champion', ...by });
  expect(await championsOf()).toEqual(['zoo-1', 'park-1']);
  await until(async () => heard.length === 4, 'four announcements');
  expect(heard.filter((one) => one.startsWith(zoo.project))).toHaveLength(3);
  await register(zoo, 'zebras', 'zoo-3');
  await moveAlias(zoo.client, 'zebras', { alias: 'champion', to: 1, ...by });
  await until(async () => (await listModels(zoo.client)).length === 2, 'the list of models');
  expect((await ofBoth(({ client }) => listModels(client))).map((all) => all.map(({ model }) => model))).toEqual([
    ['penguins', 'zebras'],
    ['penguins'],
  ]);
  await expect(getModel(park.client, 'zebras')).rejects.toThrow('there is no model "zebras"');
  await expect(readAliases(park.client, 'zebras')).resolves.toBeUndefined();
});

it('two endpoints of one name are watched apart, each from its own stream, and each retrains for itself', async () => {
  for (const one of pair.both) await configureMonitor(one.client, await monitorConfig(one, 'penguins'));
  // Equal ids of requests, too: what became of a row is known by project.
  await logged(zoo, 'penguins', requests('r', rows(200, 2)));
  await logged(park, 'penguins', requests('r', rows(100, 2)));
  const all = (): Promise<Awaited<ReturnType<typeof getMonitor>>[]> =>
    ofBoth(({ client }) => getMonitor(client, 'penguins'));
  await until(
    async () => (await all()).every(({ retrainings: [one] }) => one?.verdict !== undefined),
    'both have retrained',
  );
  expect((await all()).map(({ windows, entries, lost }) => [windows, entries, lost])).toEqual([
    [2, 20, 0],
    [1, 10, 0],
  ]);
  expect((await all()).map(({ retrainings }) => retrainings.map(({ number, run }) => [number, run]))).toEqual(
    pair.both.map(({ project }) => [[1, retrainingRunId(project, 'retrain', 'penguins', 1)]]),
  );
  await pauseMonitor(zoo.client, 'penguins', by);
  expect((await all()).map(({ paused }) => paused)).toEqual([true, false]);
  await until(async () => (await listMonitors(zoo.client))[0]?.state === 'paused', 'the list of monitors');
  expect(
    (await ofBoth(({ client }) => listMonitors(client))).map((listed) => listed.map(({ windows }) => windows)),
  ).toEqual([[2], [1]]);
});

it('one backfill asked of two projects runs in both', async () => {
  const ask = { pipeline: 'daily', param: 'day', values: ['mon', 'tue'], id: 'week' };
  const plans = await ofBoth(({ client }) => startBackfill(client, ask));
  expect(new Set(plans.flatMap(({ partitions }) => partitions.map(({ run }) => run))).size).toBe(4);
  await until(
    async () => (await ofBoth(({ client }) => showBackfill(client, 'week'))).every(({ open }) => open === false),
    'both have ended',
  );
  for (const { partitions } of await ofBoth(({ client }) => showBackfill(client, 'week')))
    expect(partitions.map(({ state }) => state)).toEqual(['done', 'done']);
  for (const { probe } of pair.both)
    expect(probe.events().filter(({ what, label }) => what === 'start' && ['mon', 'tue'].includes(label))).toHaveLength(
      2,
    );
  expect((await listBackfills(zoo.client)).map(({ plan, open }) => [plan.id, open])).toEqual([['week', false]]);
  await expect(stopBackfill(park.client, 'other', by)).rejects.toThrow('there is no run "backfill other" that goes on');
});

it('two schedules that are due at the same time start a run each', async () => {
  const end = new Date();
  const due = { start: new Date(end.getTime() - 2 * 86_400_000), end, overlap: 'ALLOW_ALL' } as const;
  for (const { client, project } of pair.both)
    await client.temporal.schedule.getHandle(scheduleId(project, 'timed')).backfill(due);
  const runs = async (): Promise<string[][]> =>
    (await ofBoth(({ client }) => listSchedules(client))).map((listed) => listed.flatMap((one) => one.runs));
  await until(async () => (await runs()).every((started) => started.length === 2), 'two runs each');
  expect(new Set((await runs()).flat()).size).toBe(4);
  for (const { client, probe } of pair.both) {
    const [{ runs: [last = ''] = [] } = {}] = await listSchedules(client);
    await client.temporal.workflow.getHandle(last).result();
    expect((await readRun(client.store, last))?.end?.status).toBe('completed');
    expect(probe.events(last)[0]?.run ?? last).toBe(last);
  }
  await triggerSchedule(zoo.client, 'timed');
  await until(async () => (await runs())[0]?.length === 3, 'a third run');
  expect((await runs())[1]).toHaveLength(2);
});

it('equal changes of equal sources start a run in each project', async () => {
  for (const { probe } of pair.both) {
    mkdirSync(probe.path('data'));
    probe.write('data/rows.csv', 'x\n1\n');
  }
  await until(
    async () => (await ofBoth(({ client }) => listTriggers(client))).every(([one]) => one?.changes === 1),
    'a change in each',
  );
  const started = (await ofBoth(({ client }) => listTriggers(client))).map(([one]) => one?.run ?? '');
  expect(new Set(started).size).toBe(2);
});

it("an id that another project's run has is refused with a sentence, and nothing of it is recorded", async () => {
  const start = { pipeline: 'asks', input: { params: {} }, id: 'nightly' };
  // That nobody had it once does not count later.
  await expect(cancelRun(park.client, 'nightly')).rejects.toThrow('there is no run "nightly"');
  await startPipeline(zoo.client, start);
  await expect(startPipeline(park.client, start)).rejects.toThrow(
    new RegExp(`the project ${zoo.project}, which shares this Temporal, has a run "nightly"`),
  );
  expect(await readRun(park.client.store, 'nightly')).toBeNull();
  await expect(startPipeline(zoo.client, start)).rejects.toThrow('TY-RUN-EXISTS');
});

it("no command, page or program of a project reads, answers or ends another's run, or lists it", async () => {
  await until(async () => (await listRunListings(zoo.client)).runs.some(({ id }) => id === 'nightly'), 'it is listed');
  for (const ask of [
    () => readRunView(park.client, 'nightly'),
    () => cancelRun(park.client, 'nightly'),
    () => decide(park.client, 'nightly', { name: 'go', approved: true, ...by }),
    () => park.client.temporal.workflow.getHandle('nightly').terminate(),
  ])
    await expect(ask()).rejects.toThrow(/there is no run "nightly"|Workflow of the project/);
  const commanded = await Promise.all(
    [
      ['cancel', 'nightly', '--yes'],
      ['show', 'nightly'],
      ['runs', '--json'],
    ].map((args) => startCommand(park.probe.folder, args).ended),
  );
  expect(
    commanded.map(({ code }) => code),
    commanded.map(({ all }) => all).join('\n'),
  ).toEqual([2, 2, 0]);
  expect(commanded[2]?.out).not.toContain('nightly');
  const listed = await startCommand(zoo.probe.folder, ['runs', '--json']).ended;
  expect(listed.out).toContain('nightly');
  const own = await ofBoth(({ client }) => listRunListings(client, { limit: 100 }));
  const ids = own.map(({ runs }) => new Set(runs.map(({ id }) => id)));
  expect([...ids[0]!].filter((id) => ids[1]!.has(id))).toEqual([]);
  expect((await zoo.client.temporal.workflow.getHandle('nightly').describe()).status.name).toBe('RUNNING');
  await decide(zoo.client, 'nightly', { name: 'go', approved: true, ...by });
  await zoo.client.temporal.workflow.getHandle('nightly').result();
});

it("pages and endpoints are a project's own", async () => {
  const spec = { queue: { kind: 'json', digest: '', size: 1 }, items: 1, label: 'species', labels: ['a', 'b'] };
  await zoo.client.temporal.workflow.start('label-review', {
    workflowId: 'nightly/labels',
    taskQueue: zoo.client.taskQueue,
    args: [
      {
        args: { ...spec, reviewers: 1, guideline: '', byDefault: 'keep', leaseMs: 60_000, askAgain: false },
        run: { id: 'nightly', lineage: 'nightly', pipeline: 'asks', seed: 0, cause: null },
        name: 'labels',
        scope: 'labels',
      },
    ],
  });
  await until(async () => (await listReviews(zoo.client)).length === 1, 'the review is listed');
  expect(await listReviews(park.client)).toEqual([]);
  await expect(reviewState(park.client, 'nightly/labels')).rejects.toThrow('there is no label review');
  const opened: FastifyInstance[] = [];
  const urls = await ofBoth(async ({ client, probe }) => {
    const services = { store: client.store, client, redis: client.redis };
    const routes = [predictRoutes({ stateFolder: path.join(probe.folder, '.trainyard', 'serving') })];
    const app = createServer({ services, keys: [], routes });
    opened.push(app);
    return listen(app);
  });
  const read = async (page: string): Promise<string[]> =>
    Promise.all(urls.map(async (url) => (await fetch(`${url}${page}`)).text()));
  for (const [page, mine] of [
    ['/api/models', 'zebras'],
    ['/v1/endpoints', 'zebras'],
    ['/api/reviews', 'nightly/labels'],
    ['/', 'zebras'],
  ] as const)
    expect(
      (await read(page)).map((said) => said.includes(mine)),
      page,
    ).toEqual([true, false]);
  expect(
    (await read('/api/monitors')).map((said) => (JSON.parse(said) as { monitors: unknown[] }).monitors.length),
  ).toEqual([1, 1]);
  const ofRun = await Promise.all(urls.map(async (url) => (await fetch(`${url}/runs/nightly`)).status));
  expect(ofRun).toEqual([200, 404]);
  const ofModel = await Promise.all(urls.map(async (url) => (await fetch(`${url}/api/models/zebras`)).status));
  expect(ofModel).toEqual([200, 404]);
  await Promise.all(opened.map((app) => app.close()));
});

it('a registry that a former release started is found by its project alone, and goes on', async () => {
  const { former } = registryId(zoo.project, 'old');
  const start = { taskQueue: zoo.client.taskQueue, args: [{ name: 'old' }] };
  await zoo.client.temporal.workflow.start('model-registry', { workflowId: former, ...start });
  expect(await register(zoo, 'old', 'before')).toEqual({ version: 1, created: true });
  await moveAlias(zoo.client, 'old', { alias: 'champion', to: 1, ...by });
  expect((await findHome(zoo.client, registryId(zoo.project, 'old')))?.workflowId).toBe('model/old');
  await until(async () => (await listModels(zoo.client)).some(({ model }) => model === 'old'), 'it is listed');
  await expect(getModel(park.client, 'old')).rejects.toThrow('there is no model "old"');
  await register(park, 'old', 'anew');
  expect((await ofBoth(({ client }) => getModel(client, 'old'))).map(({ versions: [one] }) => one?.run)).toEqual([
    'before',
    'anew',
  ]);
});

it('a monitor that a former release started counts what was logged before and since, each once', async () => {
  const { redis } = zoo.client;
  if (!redis) throw new Error('there is no Redis');
  const config = await monitorConfig(zoo, 'old');
  const [before, since] = [requests('before', rows(150, 0)), requests('since', rows(150, 0))];
  for (const request of before) {
    await redis.xadd('trainyard:predictions:old', '*', 'p', JSON.stringify(request));
    for (const row of request.rows.keys())
      await redis.set(`{trainyard:outcomes:old}:of:${request.id}:${row}`, row < 8 ? 'Adelie' : 'Gentoo');
  }
  await logged(zoo, 'old', since);
  const { former } = monitorId(zoo.project, 'old');
  const start = { taskQueue: zoo.client.taskQueue, args: [{ config }] };
  await zoo.client.temporal.workflow.start('monitor', { workflowId: former, ...start });
  await until(async () => (await getMonitor(zoo.client, 'old')).windows === 3, 'three windows');
  const { recent, entries, lost } = await getMonitor(zoo.client, 'old');
  expect([entries, lost]).toEqual([30, 0]);
  expect(recent.map(({ rows: count, labelled, accuracy }) => [count, labelled, accuracy])).toEqual([
    [100, 100, 0.8],
    [100, 100, 0.9],
    [100, 100, 1],
  ]);
  await logged(zoo, 'old', requests('later', rows(100, 0)));
  await until(async () => (await getMonitor(zoo.client, 'old')).windows === 4, 'a fourth window');
  // What it has counted of the former stream takes no more room.
  expect(await redis.xlen('trainyard:predictions:old')).toBe(0);
  expect(await getMonitor(zoo.client, 'old')).toMatchObject({ entries: 40, lost: 0 });
  expect(await configureMonitor(zoo.client, config)).toBe('monitor/old');
  await expect(getMonitor(park.client, 'old')).rejects.toThrow('there is no monitor of "old"');
});

it('the collector knows what every project in its store refers to, and asks nobody else', async () => {
  const named = async (): Promise<string> => JSON.stringify((await referredTo(zoo.client)).named);
  expect(await projectsIn(zoo.client.store)).toEqual([zoo.project]);
  expect(await named()).toContain('zoo-1');
  expect(await named()).not.toContain('park-1');
  await noteProject(zoo.client.store, park.project);
  expect(await named()).toContain('park-1');
});
