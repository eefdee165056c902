import { z } from 'zod';
import { expect, test } from 'vitest';
import { scheduleId, triggerId } from '../../core/ids.js';
import { pipeline } from '../../core/index.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { endedWith } from '../run/end-run.js';
import { wantedSchedules } from './schedules.js';
import { wantedTriggers } from './triggers.js';

// What a project's code asks of Temporal, before Temporal is asked.

const access = { taskQueue: 'trainyard-wanted' };
const params = z.object({ day: z.string().default('today') });
const made = (name: string, more: object): AnyPipeline =>
  pipeline(name, { params, ...more }, async () => undefined) as unknown as AnyPipeline;

test('the Schedules of a project are those of its pipelines that have one, under ids of the project', () => {
  const nightly = made('nightly', {
    schedule: { cron: '30 6 * * *', timezone: 'Europe/Vienna', params: { day: 'yesterday' } },
  });
  const often = made('often', { schedule: { every: '1 h', overlap: 'buffer', catchup: '2 h' } });
  const wanted = wantedSchedules(access, [nightly, made('by-hand', {}), often]);
  expect([...wanted.keys()]).toEqual(['nightly', 'often'].map((name) => scheduleId('wanted', name)));
  const [first, second] = [...wanted.values()];
  expect(first).toMatchObject({
    spec: { cronExpressions: ['30 6 * * *'], timezone: 'Europe/Vienna' },
    action: { workflowType: 'nightly', args: [{ params: { day: 'yesterday' } }], taskQueue: 'trainyard-wanted' },
    policies: { overlap: 'SKIP', catchupWindow: 3_600_000 },
  });
  expect(first!.action).toMatchObject({ memo: { when: '30 6 * * * Europe/Vienna' } });
  expect(second).toMatchObject({
    spec: { intervals: [{ every: 3_600_000 }] },
    action: { memo: { when: 'every 1 h' } },
    policies: { overlap: 'BUFFER_ONE', catchupWindow: 7_200_000 },
  });
});

test('the triggers of a project are those of its pipelines that have one, looked at each minute unless said otherwise', () => {
  const first = made('first', { trigger: { source: 'data/*.csv' } });
  const second = made('second', { trigger: { source: 'in', every: '5 s', params: { day: 'now' } } });
  const wanted = wantedTriggers(access, [first, made('by-hand', {}), second]);
  expect(Object.fromEntries(wanted)).toEqual({
    [triggerId('wanted', 'first')]: { pipeline: 'first', source: 'data/*.csv', everyMs: 60_000, params: {} },
    [triggerId('wanted', 'second')]: { pipeline: 'second', source: 'in', everyMs: 5_000, params: { day: 'now' } },
  });
});

test('parameters that a pipeline does not take, and a zone that is none, are refused before Temporal is asked', () => {
  const code = (act: () => unknown): unknown => {
    try {
      return act();
    } catch (error) {
      return error;
    }
  };
  const wrong = { day: 3 };
  expect(code(() => wantedSchedules(access, [made('a', { schedule: { every: '1 h', params: wrong } })]))).toMatchObject(
    {
      ...{ code: 'TY-PARAM', where: { field: 'schedule' }, what: expect.stringMatching(/^schedule\.params: /) },
    },
  );
  expect(code(() => wantedTriggers(access, [made('a', { trigger: { source: 'in', params: wrong } })]))).toMatchObject({
    ...{ code: 'TY-PARAM', where: { field: 'trigger' } },
  });
  const lost = made('a', { schedule: { cron: '0 0 * * *', timezone: 'Europe/Wien' } });
  expect(code(() => wantedSchedules(access, [lost]))).toMatchObject({
    ...{ code: 'TY-CONFIG', where: { field: 'schedule.timezone' } },
  });
});

test('what a run was ended with from outside is told again from the reason of its termination, and nobody else’s is', () => {
  expect(
    endedWith('TY-RUN-ENDED: the run was cancelled; its Workflow could not answer:\nno way', 'run-1'),
  ).toMatchObject({
    ...{ code: 'TY-RUN-ENDED', what: 'the run was cancelled; its Workflow could not answer:\nno way' },
    where: { run: 'run-1' },
  });
  for (const reason of ['', 'cleaning up', 'TY-RUN-ENDED', 'TY-NOTHING: of ours', 'ended: TY-RUN-ENDED: x'])
    expect(endedWith(reason, 'run-1')).toBeUndefined();
});
