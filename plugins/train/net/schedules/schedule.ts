import type { z } from 'zod';
import type { Look } from '../../loop/history.js';

/** Where a training stands before a step: with the settings, all that a rate depends on. */
export interface Place {
  /** Steps done, warm-up left out. */
  readonly step: number;
  /** Steps of an epoch. */
  readonly perEpoch: number;
  /** Steps of the whole training at most, warm-up left out. */
  readonly total: number;
  /** What was seen so far. */
  readonly looks: readonly Look[];
}

/** A kind of learning-rate schedule: what the rate is multiplied by. */
export interface ScheduleKind<Settings extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** With the literal `name`. */
  readonly settings: Settings;
  /** It looks at `total`, so more epochs are another training from the first step on. */
  readonly whole?: boolean;
  /** From 0 to 1. */
  factor(settings: z.output<Settings>, place: Place): number;
}

export const scheduleKind = <Settings extends z.ZodObject>(kind: ScheduleKind<Settings>): ScheduleKind<Settings> =>
  kind;
