import { z } from 'zod';
import { sayDuration } from '../../../core/index.js';

/** What running costs, of the machine as a whole. */
export const costParameter = z
  .strictObject({
    watts: z.number().positive().describe('power that it draws while it trains'),
    perKwh: z.number().min(0).default(0).describe('price of a kilowatt-hour'),
    perHour: z.number().min(0).default(0).describe('price of an hour of the machine'),
    currency: z.string().min(1).max(8).default('EUR'),
  })
  .optional()
  .describe(
    'what a training costs: watts × time as energy, × perKwh + time × perHour as money; said in the log, in no artifact',
  );

/** What a training may take, reading its tables included. */
export const budgetParameter = z
  .strictObject({
    minutes: z.number().positive().optional(),
    money: z.number().positive().optional().describe('in the currency of perHour'),
    perHour: z
      .number()
      .positive()
      .optional()
      .describe('price of an hour, its energy included: what money is counted by'),
  })
  .refine(({ money, perHour }) => (money === undefined) === (perHour === undefined), {
    message: 'money and perHour go together: say budget: { money: 2, perHour: 0.95 }, or give the budget in minutes',
  })
  .optional()
  .describe('time and money after which training stops with the best weights so far');

export type Cost = z.output<typeof costParameter>;
export type Budget = z.output<typeof budgetParameter>;

/** Steps that are left out of the sample: they are recorded and compared, and take longer. */
const WARM_CALLS = 3;
/** Least length of the sample, in ms, where the first epoch is longer. */
const SAMPLE_MS = 1000;
/** What writing and measuring the model takes at least, in ms. */
const WRITING_MS = 300;

/** Energy in kilowatt-hours: watts × time. */
export const energyOf = (ms: number, { watts }: NonNullable<Cost>): number => (watts * ms) / 3_600_000_000;
/** Money: energy × its price + time × the price of the machine's time. */
export const moneyOf = (ms: number, cost: NonNullable<Cost>): number =>
  energyOf(ms, cost) * cost.perKwh + (ms / 3_600_000) * cost.perHour;

/** A time in words, with its energy and money where it is known what they cost. */
export function sayCost(ms: number, cost: Cost): string {
  if (!cost) return sayDuration(ms);
  const energy = energyOf(ms, cost) * 1000;
  return `${sayDuration(ms)}, ${figure(energy)} Wh at ${cost.watts} W, ${cost.currency} ${figure(moneyOf(ms, cost))}`;
}

const figure = (value: number): string => String(Number(value.toPrecision(3)));

/** The clock of one training. What it says goes into the log and the progress, never into what is compared. */
export class Spending {
  #before = 0;
  #calls = 0;
  #steps = 0;
  #sampleMs = 0;
  #longest = 0;
  #estimated = false;

  /** `began` and `now` in ms of one clock; `memory`: bytes that this process has had at most. */
  constructor(
    private readonly cost: Cost,
    private readonly budget: Budget,
    private readonly began: number,
    private readonly now = (): number => performance.now(),
    private readonly memory = (): number => process.resourceUsage().maxRSS * 1024,
  ) {}

  /** All that was spent, in ms, former attempts included. */
  get ms(): number {
    return this.#before + this.now() - this.began;
  }

  /** Of it, what former attempts spent. */
  get former(): number {
    return this.#before;
  }

  /** What was spent before this attempt. */
  carry(ms: number): void {
    this.#before = ms;
  }

  /** Notes a call that did some steps, and began when so much was spent. */
  did(steps: number, since: number): void {
    const ms = this.ms - since;
    this.#longest = Math.max(this.#longest, ms);
    if (++this.#calls <= WARM_CALLS) return;
    this.#steps += steps;
    this.#sampleMs += ms;
  }

  /** An estimate in words, once: by what was timed, when that is enough. */
  estimate(stepsLeft: number, epochEnded: boolean): string | undefined {
    if (this.#estimated || this.#steps === 0 || !(epochEnded || this.#sampleMs >= SAMPLE_MS)) return undefined;
    this.#estimated = true;
    const left = (this.#sampleMs / this.#steps) * stepsLeft;
    const sample = `by ${this.#steps} steps in ${sayDuration(this.#sampleMs)}`;
    return `estimate, ${sample}: at most ${sayCost(this.ms + left, this.cost)} in all, looks at validation rows apart; ${this.#memory()} so far`;
  }

  /** The budget that is used up, in words: when what is left does not do for another call and the end. */
  usedUp(): string | undefined {
    const { minutes, money, perHour } = this.budget ?? {};
    const spent = this.ms + this.#longest + WRITING_MS;
    if (minutes !== undefined && spent >= minutes * 60_000) return sayDuration(minutes * 60_000);
    return money !== undefined && perHour !== undefined && (spent / 3_600_000) * perHour >= money
      ? `${money} at ${perHour} an hour`
      : undefined;
  }

  /** What it took, in words. */
  took(): string {
    const former = this.#before > 0 ? `, ${sayDuration(this.#before)} of it before this attempt` : '';
    return `training took ${sayCost(this.ms, this.cost)}${former}; ${this.#memory()}`;
  }

  #memory(): string {
    return `this process had at most ${Math.round(this.memory() / 2 ** 20)} MB`;
  }

  /** Money that was spent, in words, for the progress; nothing where it is not known what it costs. */
  soFar(): string {
    return this.cost ? `; ${this.cost.currency} ${figure(moneyOf(this.ms, this.cost))} so far` : '';
  }
}
