import { z } from 'zod';
import { cronFault } from './cron.js';
import { durationMs, type Duration } from './duration.js';
import { TrainyardError } from '@trainyard/errors';
import { sourceParam, type Source } from './source.js';

/** What can happen when a scheduled run is due while the one before goes on. */
export const OVERLAPS = ['skip', 'buffer', 'buffer-all', 'cancel', 'terminate', 'allow'] as const;

/**
 * `skip`: it is left out. `buffer`: one waits for its turn, more are left out. `buffer-all`: all wait, one after the
 * other. `cancel`: the former run is cancelled, and the new one starts when that has ended. `terminate`: the former run
 * is ended at once, without a word to its nodes. `allow`: both run.
 */
export type Overlap = (typeof OVERLAPS)[number];

/** When a pipeline runs by itself. */
export interface ScheduleSpec<Params = unknown> {
  /**
   * Five fields, or a name such as `@daily`; several are several times. Either this or `every`. A day of the month and
   * a weekday mean either of them, as in cron: `0 6 13 * 5` is each 13th and each Friday. A date that never comes is
   * refused.
   */
  readonly cron?: string | readonly string[];
  /** From one start to the next, at least a second. */
  readonly every?: Duration;
  /**
   * Name of the time zone of `cron`, such as `Europe/Vienna`. Default UTC. Where clocks change, a time that a day does
   * not have is left out on that day, and of one that it has twice only the second counts.
   */
  readonly timezone?: string;
  /** When the run before goes on. Default `skip`. */
  readonly overlap?: Overlap;
  /** How late a run may start after Temporal was away; what is older is left out. Default 1 hour, at least 10 seconds. */
  readonly catchup?: Duration;
  readonly params?: Params;
}

/** A source whose changes start a pipeline. */
export interface TriggerSpec<Params = unknown> {
  /**
   * A file, a folder, or a pattern such as `data/*.csv`, relative to the project's folder; or a source of any kind, as
   * `ingest.read` takes it.
   */
  readonly source: string | Source;
  /** How often it is looked at. Default 1 minute, at least a second. */
  readonly every?: Duration;
  readonly params?: Params;
}

const atLeast = (ms: number, words: string) =>
  z
    .union([z.string(), z.number()])
    .refine((given) => (durationMs(given) ?? -1) >= ms, `a length of time of at least ${words}, such as '1 hour'`);

const cron = z.string().superRefine((text, context) => {
  const message = cronFault(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

const schedule = z
  .strictObject({
    cron: z.union([cron, z.array(cron).min(1)]).optional(),
    every: atLeast(1_000, 'a second').optional(),
    timezone: z.string().min(1).optional(),
    overlap: z.enum(OVERLAPS).optional(),
    catchup: atLeast(10_000, '10 seconds').optional(),
    params: z.unknown().optional(),
  })
  .refine((spec) => (spec.cron === undefined) !== (spec.every === undefined), 'either cron or every');

const trigger = z.strictObject({
  source: z.union([z.string().min(1), sourceParam]),
  every: atLeast(1_000, 'a second').optional(),
  params: z.unknown().optional(),
});

/** Checks when a pipeline runs by itself. Throws TY-CONFIG naming the field. */
export function checkStanding(
  pipeline: string,
  spec: { readonly schedule?: unknown; readonly trigger?: unknown },
): void {
  for (const [name, schema] of [
    ['schedule', schedule],
    ['trigger', trigger],
  ] as const) {
    if (spec[name] === undefined) continue;
    // Pipelines are declared in the Workflow sandbox too, where no code is made of strings.
    const parsed = schema.safeParse(spec[name], { jitless: true });
    if (parsed.success) continue;
    const [issue] = parsed.error.issues;
    const field = [name, ...(issue?.path ?? [])].join('.');
    throw new TrainyardError('TY-CONFIG', {
      what: `pipeline ${pipeline}: ${field}: ${issue?.message ?? 'not valid'}`,
      where: { field },
      actual: JSON.stringify(spec[name]),
    });
  }
}
