import { connectNow } from '../../client/reader.js';
import { listSchedules, pauseSchedule, resumeSchedule, triggerSchedule } from '../../client/trigger/schedules.js';
import { listTriggers } from '../../client/trigger/triggers.js';
import { sayDuration } from '../../core/duration.js';
import { loadConfig } from '../../project/project.js';
import { clock, print, printJson, table } from '../terminal.js';
import { userName } from '../user-name.js';

export interface SchedulesOptions {
  why?: string;
  json?: boolean;
}

/** `trainyard schedules`: schedules and triggers of the project, as Temporal has them. */
export async function printSchedules(config: string | undefined, options: SchedulesOptions): Promise<void> {
  const client = await connectNow(await loadConfig(config));
  try {
    const [schedules, triggers] = await Promise.all([listSchedules(client), listTriggers(client)]);
    if (options.json) return printJson({ schedules, triggers });
    if (schedules.length + triggers.length === 0)
      return print('nothing runs by itself: add schedule or trigger to a pipeline');
    if (schedules.length > 0)
      print(
        table(
          ['pipeline', 'when', 'overlap', 'next', 'last run', 'started', 'skipped', 'missed', ''],
          schedules.map((one) => [
            one.pipeline,
            one.when,
            one.overlap,
            one.paused ? 'paused' : one.next === undefined ? 'never' : clock(one.next),
            one.runs[0] ?? '',
            String(one.started),
            String(one.skipped),
            String(one.missed),
            one.paused ? (one.note ?? '') : '',
          ]),
          { right: ['started', 'skipped', 'missed'] },
        ),
      );
    if (triggers.length > 0)
      print(
        table(
          ['pipeline', 'source', 'every', 'changes', 'last run', ''],
          triggers.map((one) => [
            one.pipeline,
            one.source,
            sayDuration(one.everyMs),
            String(one.changes),
            one.run ?? '',
            one.problem ?? '',
          ]),
          { right: ['changes'] },
        ),
      );
  } finally {
    await client.close();
  }
}

const WORDS = { pause: 'is paused', resume: 'goes on', trigger: 'was started' } as const;

/** `trainyard schedules pause`, `resume` and `trigger`. */
export async function changeSchedule(
  config: string | undefined,
  pipeline: string,
  verb: keyof typeof WORDS,
  options: SchedulesOptions,
): Promise<void> {
  const client = await connectNow(await loadConfig(config));
  try {
    const why = `${userName()}${options.why === undefined ? '' : `: ${options.why}`}`;
    if (verb === 'pause') await pauseSchedule(client, pipeline, why);
    else if (verb === 'resume') await resumeSchedule(client, pipeline, why);
    else await triggerSchedule(client, pipeline);
    print(`the schedule of ${pipeline} ${WORDS[verb]}`);
  } finally {
    await client.close();
  }
}
