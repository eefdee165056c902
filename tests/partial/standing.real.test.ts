import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dates, planBackfill, showBackfill, startBackfill, stopBackfill } from '../../client/backfill/backfill.js';
import {
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  syncSchedules,
  triggerSchedule,
} from '../../client/trigger/schedules.js';
import { resumeRun } from '../../client/run/resume.js';
import { listTriggers } from '../../client/trigger/triggers.js';
import { backfillId, scheduleId, triggerId } from '../../core/ids.js';
import type { Json } from '../../core/json.js';
import { projectOfQueue } from '../../core/queues.js';
import { pipeline } from '../../core/index.js';
import { listRuns } from '../../store/index.js';
import type { TemporalService } from '../../setup/index.js';
import { TRIGGER } from '../../workflows/trigger/contract.js';
import { Probe, startServer } from '../matrix/harness.js';

const nodes = `import { z } from 'zod';
import { pipeline } from 'trainyard';
import { make } from '../nodes/probe/index.js';
`;
const timed = (spec: string): string =>
  `${nodes}export const timed = pipeline('timed', { params: z.object({ salt: z.string().default('t') }), ${spec} }, ({ salt }) => make({ label: 'timed', n: 1, salt }));\n`;
const watching = (spec: string): string =>
  `${nodes}export const watching = pipeline('watching', { params: z.object({ salt: z.string().default('w') }), ${spec} }, ({ salt }) => make({ label: 'seen', n: 1, salt }));\n`;
const daily = `${nodes}export const daily = pipeline('daily', { params: z.object({ day: z.string(), ms: z.number().default(0) }) }, ({ day, ms }) => make({ label: day, n: 1, salt: 'daily', ms }));\n`;

/** What starts runs beside people, on the real server: executions are counted from outside. */
describe('what runs by itself', () => {
  let server: TemporalService;
  let probe: Probe;
  beforeAll(async () => {
    server = await startServer();
    probe = await Probe.start(server);
    mkdirSync(probe.path('data'));
    probe.write('pipelines/daily.ts', daily);
    probe.write('pipelines/timed.ts', timed(`schedule: { every: '1 day', params: { salt: 'first' } }`));
    probe.write('pipelines/watching.ts', watching(`trigger: { source: 'data/*.csv', every: '1 second' }`));
    await probe.reload();
  });
  afterAll(async () => {
    await probe?.close();
    await server?.stop();
  });

  const started = (label: string): string[] => [
    ...new Set(
      probe
        .events()
        .filter((event) => event.what === 'start' && event.label === label)
        .map(({ run }) => run),
    ),
  ];
  const until = async (test: () => boolean | Promise<boolean>, what: string, ms = 40_000): Promise<void> => {
    for (const end = performance.now() + ms; !(await test()); await wait(200))
      if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}\n${probe.said}`);
  };
  const causeOf = async (run: string): Promise<Json> => (await probe.graph(run)).cause;

  describe('a schedule', () => {
    it('is made from code; the runs it starts say so', async () => {
      expect(await listSchedules(probe.client)).toMatchObject([
        { pipeline: 'timed', paused: false, when: 'every 1 day', overlap: 'skip', runs: [] },
      ]);
      const handle = probe.client.temporal.schedule.getHandle(
        scheduleId(projectOfQueue(probe.client.taskQueue), 'timed'),
      );
      // Three days that are over: three runs, though nodes of equal calls are computed once.
      const end = new Date();
      await handle.backfill({ start: new Date(end.getTime() - 3 * 86_400_000), end, overlap: 'ALLOW_ALL' });
      const runs = async (): Promise<string[]> => (await listSchedules(probe.client))[0]?.runs.slice() ?? [];
      await until(async () => (await runs()).length === 3, 'three scheduled runs');
      for (const run of await runs()) {
        expect(run).toMatch(/^timed-scheduled-[0-9a-f]{8}-\d{4}-\d\d-\d\dT/);
        await probe.client.temporal.workflow.getHandle(run).result();
        expect(await causeOf(run)).toEqual({
          kind: 'schedule',
          schedule: scheduleId(projectOfQueue(probe.client.taskQueue), 'timed'),
        });
      }
      expect(started('timed').length).toBeGreaterThan(0);
    });

    it('is paused, resumed and triggered by people; what they paused stays so when the code changes', async () => {
      await pauseSchedule(probe.client, 'timed', 'ada: the source moves');
      probe.write(
        'pipelines/timed.ts',
        timed(`schedule: { cron: '30 6 * * *', overlap: 'buffer', catchup: '2 hours' }`),
      );
      await probe.reload();
      expect(await listSchedules(probe.client)).toMatchObject([
        { when: '30 6 * * *', overlap: 'buffer', paused: true, note: 'ada: the source moves' },
      ]);
      const { policies } = await probe.client.temporal.schedule
        .getHandle(scheduleId(projectOfQueue(probe.client.taskQueue), 'timed'))
        .describe();
      expect(policies.catchupWindow).toBe(7_200_000);
      await resumeSchedule(probe.client, 'timed', 'ada: it is there');
      const [resumed] = await listSchedules(probe.client);
      expect(resumed).toMatchObject({ paused: false, note: 'ada: it is there' });
      expect(resumed?.next).toMatch(/T06:30:00/);
      const before = resumed?.runs.length ?? 0;
      await triggerSchedule(probe.client, 'timed');
      await until(async () => ((await listSchedules(probe.client))[0]?.runs.length ?? 0) > before, 'a triggered run');
      await expect(pauseSchedule(probe.client, 'timd', '')).rejects.toThrow(/did you mean "timed"/);
    });

    it("goes with its code; other projects' schedules stay", async () => {
      const other = { temporal: probe.client.temporal, taskQueue: 'trainyard-other' };
      const spec = { schedule: { every: '1 hour' } } as const;
      await syncSchedules(other, [pipeline('elsewhere', spec, () => null)]);
      probe.write('pipelines/timed.ts', timed(''));
      await probe.reload();
      await until(async () => (await listSchedules(probe.client)).length === 0, 'no schedule');
      expect(await listSchedules(other)).toMatchObject([{ pipeline: 'elsewhere' }]);
      await syncSchedules(other, []);
      expect(await listSchedules(other)).toEqual([]);
    });

    it('leaves out a time that a day does not have; one that it has twice is the second; a day and a weekday are either', async () => {
      const other = { temporal: probe.client.temporal, taskQueue: 'trainyard-zoned' };
      const spec = { schedule: { cron: '30 2 * * *', timezone: 'Europe/Vienna' } } as const;
      await syncSchedules(other, [pipeline('nightly', spec, () => null)]);
      const timesOf = async (from: string, to: string): Promise<string[]> => {
        const { startTime: times } = await probe.client.temporal.workflowService.listScheduleMatchingTimes({
          namespace: 'default',
          scheduleId: scheduleId('zoned', 'nightly'),
          startTime: msToTs(Date.parse(from)),
          endTime: msToTs(Date.parse(to)),
        });
        return (times ?? []).map((time) => new Date(tsToMs(time)).toISOString().slice(0, 16));
      };
      // Clocks went from 2 to 3 on 30 March 2025, and from 3 to 2 on 26 October.
      expect(await timesOf('2025-03-29T00:00Z', '2025-04-01T00:00Z')).toEqual(['2025-03-29T01:30', '2025-03-31T00:30']);
      expect(await timesOf('2025-10-25T12:00Z', '2025-10-27T12:00Z')).toEqual(['2025-10-26T01:30', '2025-10-27T01:30']);
      const hourly = { schedule: { ...spec.schedule, cron: '30 * * * *' } };
      await syncSchedules(other, [pipeline('nightly', hourly, () => null)]);
      expect(await timesOf('2025-03-28T23:00Z', '2025-03-29T23:00Z')).toHaveLength(24);
      expect(await timesOf('2025-03-29T23:00Z', '2025-03-30T22:00Z')).toHaveLength(23);
      expect(await timesOf('2025-10-25T22:00Z', '2025-10-26T23:00Z')).toHaveLength(24);
      // The 13th and the Fridays of June 2025, of which the 13th is one.
      await syncSchedules(other, [pipeline('nightly', { schedule: { cron: '0 6 13 * 5' } } as const, () => null)]);
      const days = (await timesOf('2025-06-01T00:00Z', '2025-07-14T00:00Z')).map((time) => time.slice(5, 10));
      expect(days).toEqual(['06-06', '06-13', '06-20', '06-27', '07-04', '07-11', '07-13']);
      const zone = { schedule: { ...spec.schedule, timezone: 'Europe/Wien' } };
      await expect(syncSchedules(other, [pipeline('nightly', zone, () => null)])).rejects.toThrow(/is no time zone/);
      const given = { schedule: { every: '1 day', params: { day: 1 } } } as const;
      await expect(syncSchedules(other, [pipeline('nightly', given as object, () => null)])).rejects.toThrow(
        /schedule\.params: the parameters of pipeline nightly are not valid/,
      );
      await syncSchedules(other, []);
    });

    it('is refused in words when it is not one', () => {
      const make = (schedule: object) => () => pipeline('x', { schedule } as never, () => null);
      expect(make({})).toThrow(/pipeline x: schedule: either cron or every/);
      expect(make({ cron: '* *' })).toThrow(/schedule\.cron/);
      expect(make({ cron: '0 25 * * *' })).toThrow(/"25" is no hour; 0 to 23/);
      expect(make({ cron: '0 6 31 2 *' })).toThrow(/never comes/);
      expect(make({ every: 'daily' })).toThrow(/schedule\.every/);
      expect(make({ every: '1 day', overlap: 'queue' })).toThrow(/schedule\.overlap/);
    });
  });

  describe('a trigger', () => {
    const seen = (): string[] => started('seen');
    let edition = 0;
    /** The trigger's runs share a node, so each counts by its own record. */
    const runs = async (): Promise<number> => (await listTriggers(probe.client))[0]?.changes ?? 0;

    it('starts its pipeline once for each change of its source, also over a killed worker', async () => {
      expect(await runs()).toBe(0);
      probe.write('data/a.csv', 'x\n1\n');
      await until(async () => (await runs()) === 1, 'a run for the first file');
      const [first] = await listTriggers(probe.client);
      expect(first?.run).toMatch(/^watching-data-1-[0-9a-f]{8}$/);
      await probe.client.temporal.workflow.getHandle(first?.run ?? '').result();
      expect(await causeOf(first?.run ?? '')).toMatchObject({
        kind: 'data',
        source: 'data/*.csv',
        sequence: 1,
        digest: expect.stringMatching(/^sha256-/) as string,
      });
      // Another name counts, another time of the same content does not.
      probe.write('data/a.csv', 'x\n1\n');
      probe.write('data/ignored.txt', 'no');
      await wait(4_000);
      expect(await runs()).toBe(1);
      probe.write('data/b.csv', `x\n${++edition}\n`);
      await until(async () => (await runs()) === 2, 'a run for the second file');
      await probe.killWorker();
      probe.write('data/b.csv', `x\n${++edition}\n`);
      await wait(1_500);
      await probe.startWorker();
      await until(async () => (await runs()) === 3, 'a run for what changed while no worker was there');
      expect(new Set(seen()).size).toBe(1);
    });

    it('starts a run again when its source comes back to what it held before', async () => {
      const text = probe.read('data/b.csv');
      probe.write('data/b.csv', 'x\n0\n');
      await until(async () => (await runs()) === 4, 'a run for other contents');
      probe.write('data/b.csv', text);
      await until(async () => (await runs()) === 5, 'a run for the former contents');
      const [{ run = '' } = {}] = await listTriggers(probe.client);
      await probe.client.temporal.workflow.getHandle(run).result();
      const records = (await listRuns(probe.client.store)).filter(({ start }) => start.pipeline === 'watching');
      const causes = records.map(({ start }) => start.cause as { sequence: number; digest: string }).reverse();
      expect(causes.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
      expect(causes[4]?.digest).toBe(causes[2]?.digest);
      expect(causes[3]?.digest).not.toBe(causes[2]?.digest);
    });

    it('is told of a new source, and ends with its code', async () => {
      const id = triggerId(projectOfQueue(probe.client.taskQueue), 'watching');
      probe.write('pipelines/watching.ts', watching(`trigger: { source: 'data/b.csv', every: '2 seconds' }`));
      await probe.reload();
      await until(async () => (await listTriggers(probe.client))[0]?.source === 'data/b.csv', 'the new source');
      expect(await probe.client.temporal.workflow.getHandle(id).query(TRIGGER.state)).toMatchObject({
        config: { everyMs: 2_000 },
      });
      await until(async () => (await runs()) === 1, 'the first change of the new source');
      probe.write('pipelines/watching.ts', watching(''));
      await probe.reload();
      await until(async () => (await listTriggers(probe.client)).length === 0, 'no trigger');
    });
  });

  describe('a backfill', () => {
    const ask = (id: string, ms = 0) => ({
      pipeline: 'daily',
      param: 'day',
      values: dates('2013-01-30', '2013-02-03', 'day'),
      params: { ms },
      id,
    });
    const ended = (id: string): Promise<unknown> =>
      probe.client.temporal.workflow.getHandle(backfillId(projectOfQueue(probe.client.taskQueue), id).id).result();
    const statesOf = async (id: string): Promise<string> =>
      (await showBackfill(probe.client, id)).partitions.map(({ state }) => state).join(' ');

    it('runs each value once, a bounded number at once, in order', async () => {
      const plan = await startBackfill(probe.client, ask('jan', 300), { parallel: 2 });
      expect(plan.partitions.map(({ run }) => run.slice(0, -'-01234567'.length))).toEqual(
        ['30', '31']
          .map((day) => `daily-jan-2013-01-${day}`)
          .concat(['01', '02', '03'].map((day) => `daily-jan-2013-02-${day}`)),
      );
      expect(await ended('jan')).toEqual({ outcome: 'done', reached: 5 });
      expect(await statesOf('jan')).toBe('done done done done done');
      const events = probe.events().filter(({ run }) => run.startsWith('daily-jan-'));
      let [now, most] = [0, 0];
      for (const { what } of events) most = Math.max(most, (now += what === 'start' ? 1 : what === 'end' ? -1 : 0));
      expect([events.filter(({ what }) => what === 'start').length, most <= 2]).toEqual([5, true]);
      expect(await causeOf(plan.partitions[2]?.run ?? '')).toEqual({
        kind: 'backfill',
        backfill: 'jan',
        partition: '2013-02-01',
      });
    });

    it('stops, and goes on where it stopped; a failed value holds up no other and is not run twice', async () => {
      const { partitions: planned } = planBackfill(ask('feb', 1_500), projectOfQueue(probe.client.taskQueue));
      const second = planned[1]?.run ?? '';
      probe.planFault(second, { label: '2013-01-31', moment: 'before', kind: 'user', times: 1 });
      await startBackfill(probe.client, ask('feb', 1_500), { parallel: 1 });
      await expect(startBackfill(probe.client, ask('feb', 1_500))).rejects.toThrow(/goes on already/);
      await until(async () => (await statesOf('feb')).startsWith('done failed running'), 'the third run');
      await stopBackfill(probe.client, 'feb', { by: 'ada', why: 'enough' });
      expect(await ended('feb')).toEqual({ outcome: 'stopped', reached: 3 });
      expect(await statesOf('feb')).toBe('done failed done waiting waiting');
      expect(await showBackfill(probe.client, 'feb')).toMatchObject({ open: false });
      await startBackfill(probe.client, ask('feb', 1_500), { parallel: 2 });
      expect(await ended('feb')).toEqual({ outcome: 'done', reached: 5 });
      expect(await statesOf('feb')).toBe('done failed done done done');
      const starts = probe.events().filter(({ run, what }) => what === 'start' && run.startsWith('daily-feb-'));
      expect(starts.map(({ label }) => label).sort()).toEqual(ask('feb').values);
      // A run that takes up the failed one stands for it.
      const resumed = await resumeRun(probe.client, second);
      await resumed.result();
      expect(await statesOf('feb')).toBe('done done done done done');
      const { partitions } = await showBackfill(probe.client, 'feb');
      expect(partitions[1]).toMatchObject({ run: second, resumedBy: resumed.workflowId });
    });

    it('is one backfill when it is asked for twice, and refuses another of its name', async () => {
      const one = planBackfill({ pipeline: 'daily', param: 'day', values: ['a', 'b', 'a'] }, 'zoo');
      expect(one.id).toBe(planBackfill({ pipeline: 'daily', param: 'day', values: ['a', 'b'] }, 'zoo').id);
      expect(one.partitions).toHaveLength(2);
      const odd = planBackfill(
        {
          pipeline: 'daily',
          param: 'day',
          values: ['data/x y', 'data/x-y', 'data/x_y'],
          id: 'odd',
        },
        'zoo',
      );
      expect(new Set(odd.partitions.map(({ run }) => run)).size).toBe(3);
      for (const { run } of odd.partitions) expect(run).toMatch(/^[A-Za-z0-9._-]+$/);
      await expect(startBackfill(probe.client, { ...ask('feb'), values: ['x'] })).rejects.toThrow(
        /another backfill "feb"/,
      );
      await expect(showBackfill(probe.client, 'fbe')).rejects.toThrow(/did you mean "feb"/);
      expect(dates('2012-11', '2013-02', 'month')).toEqual(['2012-11', '2012-12', '2013-01', '2013-02']);
      expect(dates('2012-02-28', '2012-03-01', 'day')).toEqual(['2012-02-28', '2012-02-29', '2012-03-01']);
      expect(() => dates('2013-02-30', '2013-03-01', 'day')).toThrow(/no day/);
      expect(() => dates('2013-03', '2013-02', 'month')).toThrow(/comes after/);
    });
  });
});
