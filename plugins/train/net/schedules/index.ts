import { z } from 'zod';
import type { Look } from '../../loop/history.js';
import { constant } from './constant.js';
import { cosine } from './cosine.js';
import { exponential } from './exponential.js';
import { plateau } from './plateau.js';
import type { ScheduleKind } from './schedule.js';
import { step } from './step.js';

const KINDS = [constant, cosine, exponential, step, plateau] as const;
const BY_NAME = new Map<string, ScheduleKind>(KINDS.map((kind) => [kind.name, kind as unknown as ScheduleKind]));

/** A schedule by name, or with settings of its own. */
export const scheduleParameter = z.union([
  z.enum(['constant', 'cosine', 'exponential', 'step', 'plateau']),
  z.discriminatedUnion('name', [
    constant.settings,
    cosine.settings,
    exponential.settings,
    step.settings,
    plateau.settings,
  ]),
]);

export interface SchedulePlan {
  readonly schedule: z.input<typeof scheduleParameter>;
  readonly learningRate: number;
  /** Epochs over which the rate rises in a straight line. */
  readonly warmup: number;
  /** Steps of an epoch. */
  readonly perEpoch: number;
  /** Most epochs. */
  readonly epochs: number;
}

/** The learning rate of each step. */
export interface Schedule {
  /** Of a step counted from 1 over all epochs, after these looks. */
  rate(step: number, looks: readonly Look[]): number;
  /** The rates of the first epochs depend on how many there are in all. */
  readonly whole: boolean;
}

/** The schedule that parameters name. Its rates follow from the step and what was seen: it holds no state. */
export function scheduleOf({ schedule, learningRate, warmup, perEpoch, epochs }: SchedulePlan): Schedule {
  const said = typeof schedule === 'string' ? { name: schedule } : schedule;
  const kind = BY_NAME.get(said.name)!;
  const settings = kind.settings.parse(said);
  const rising = Math.round(warmup * perEpoch);
  const total = epochs * perEpoch - rising;
  return {
    rate: (number, looks) =>
      number <= rising
        ? (learningRate * number) / rising
        : learningRate * kind.factor(settings, { step: number - rising - 1, perEpoch, total, looks }),
    whole: kind.whole ?? false,
  };
}
