import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listRunListings } from '../../client/run/run-list.js';
import { decide } from '../../client/run/runs.js';
import { listSchedules, type ScheduleListing } from '../../client/trigger/schedules.js';
import { scheduledRunId, scheduleId } from '../../core/ids.js';
import { projectOfQueue } from '../../core/queues.js';
import { OVERLAPS, type Overlap } from '../../core/schedule.js';
import { instantText, mostAtOnce, Stage, waitingText } from './stage.js';

describe('schedules on the real server', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.start({ slots: 1 });
    for (const overlap of OVERLAPS)
      stage.probe.write(
        `pipelines/busy-${overlap}.ts`,
        waitingText(`busy-${overlap}`, `schedule: { every: '365 days', overlap: '${overlap}' }`),
      );
    await stage.probe.reload();
  });
  afterAll(() => stage?.close());

  const listing = async (pipeline: string): Promise<ScheduleListing | undefined> =>
    (await listSchedules(stage.probe.client)).find((one) => one.pipeline === pipeline);

  /** Three runs come due while the first goes on; what became of them, once every run got its yes. */
  async function four(overlap: Overlap) {
    const name = `busy-${overlap}`;
    const { temporal, namespace } = stage.probe.client;
    const open = async () => (await stage.executions(name)).filter(({ status }) => status === 'RUNNING');
    for (let time = 0; time < 4; time++) {
      // By the bare service: the client's own call says what to do about overlap, and the schedule shall.
      await temporal.workflowService.patchSchedule({
        namespace,
        scheduleId: scheduleId(projectOfQueue(stage.probe.client.taskQueue), name),
        patch: { triggerImmediately: {} },
        requestId: randomUUID(),
      });
      if (time === 0) await stage.until(async () => (await open()).length === 1, `${name} has begun`);
      // The moment that a run was due is part of its id, in seconds.
      await wait(2_500);
    }
    for (let quiet = 0; quiet < 8; quiet++) {
      for (const { id } of await open()) {
        quiet = 0;
        const yes = { name: 'go', approved: true, by: 'ada', why: '' };
        await decide(stage.probe.client, id, yes).catch(() => undefined);
      }
      await wait(1_000);
    }
    const executions = await stage.executions(name);
    const { runs } = await listRunListings(stage.probe.client, { pipeline: name });
    const { started, skipped } = (await listing(name)) ?? { started: -1, skipped: -1 };
    return {
      started,
      skipped,
      most: mostAtOnce(executions),
      // On our record, the first one first.
      states: runs.reverse().map(({ state }) => state),
    };
  }

  it('skip: what comes due meanwhile is left out, and counted', async () => {
    expect(await four('skip')).toEqual({ started: 1, skipped: 3, most: 1, states: ['done'] });
  });

  it('buffer: one waits for its turn, the others are left out', async () => {
    expect(await four('buffer')).toEqual({ started: 2, skipped: 2, most: 1, states: ['done', 'done'] });
  });

  it('buffer-all: all run, one after the other', async () => {
    const states = ['done', 'done', 'done', 'done'];
    expect(await four('buffer-all')).toEqual({ started: 4, skipped: 0, most: 1, states });
  });

  it.each(['cancel', 'terminate'] as const)('%s: the former is ended, the last one is done', async (overlap) => {
    const found = await four(overlap);
    const ended = overlap === 'cancel' ? 'cancelled' : 'terminated';
    expect(found?.states.length).toBeGreaterThan(1);
    expect(found?.states).toEqual([...(found?.states.slice(1) ?? []).map(() => ended), 'done']);
    expect(found?.most).toBe(1);
  });

  it('allow: all run, side by side', async () => {
    const found = await four('allow');
    expect(found).toMatchObject({ started: 4, skipped: 0, states: ['done', 'done', 'done', 'done'] });
    expect(found?.most).toBeGreaterThan(1);
  });

  it('a server that was away: what came due within the catch-up window is run, what is older is counted as missed', async () => {
    const { probe } = stage;
    probe.write(
      'pipelines/often.ts',
      instantText('often', `schedule: { every: '5 seconds', overlap: 'allow', catchup: '20 seconds' }`),
    );
    await probe.reload();
    await stage.until(async () => (await stage.executions('often')).length > 1, 'it runs');
    const gone = await stage.killServer();
    await wait(60_000);
    const back = Date.now();
    await stage.startServer();
    const called = scheduledRunId(projectOfQueue(probe.client.taskQueue), 'often');
    const dueAt = (id: string): number => Date.parse(id.slice(`${called}-`.length));
    const inBetween = async (): Promise<number[]> =>
      (await stage.executions('often')).map(({ id }) => dueAt(id)).filter((due) => due > gone && due < back);
    await stage.until(async () => ((await listing('often'))?.missed ?? 0) > 0, 'missed ones are counted');
    await stage.until(async () => (await inBetween()).length > 0, 'late ones run');
    await wait(5_000);
    const late = await inBetween();
    expect(Math.min(...late)).toBeGreaterThan(back - 20_000);
    expect(new Set(late).size).toBe(late.length);
    expect((await listing('often'))?.missed).toBeGreaterThanOrEqual(6);
  });
});
