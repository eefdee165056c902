import { sayDuration } from '../../../core/index.js';

/** Where time goes. */
export const STAGES = ['reading', 'folds', 'features', 'search', 'ensemble', 'refit', 'writing'] as const;
export type Stage = (typeof STAGES)[number];

/** Seconds by stage, those of earlier attempts included. */
export type Spent = Readonly<Partial<Record<Stage, number>>>;

/** The clock of one call: how much of the budget is spent, and on what. Its figures stand in the leaderboard alone, never in a model. */
export class Account {
  readonly #began = performance.now();
  readonly #spent = new Map<Stage, number>();
  #before = 0;
  #open: { readonly stage: Stage; since: number }[] = [];

  /** `budget`: seconds in all; undefined where there is none. */
  constructor(readonly budget: number | undefined) {}

  /** What was spent before this attempt. */
  carry(spent: Spent): void {
    for (const stage of STAGES) {
      const seconds = spent[stage] ?? 0;
      this.#spent.set(stage, (this.#spent.get(stage) ?? 0) + seconds);
      this.#before += seconds;
    }
  }

  /** Books what `work` takes; a stage inside another is not counted twice. */
  async during<Given>(stage: Stage, work: () => Given | Promise<Given>): Promise<Given> {
    const outer = this.#open.at(-1);
    if (outer) this.#book(outer);
    const own = { stage, since: performance.now() };
    this.#open.push(own);
    try {
      return await work();
    } finally {
      this.#book(own);
      this.#open = this.#open.filter((one) => one !== own);
      if (outer) outer.since = performance.now();
    }
  }

  #book(open: { readonly stage: Stage; since: number }): void {
    const now = performance.now();
    this.#spent.set(open.stage, (this.#spent.get(open.stage) ?? 0) + (now - open.since) / 1000);
    open.since = now;
  }

  /** Seconds since the first attempt began, without the time between attempts. */
  get seconds(): number {
    return this.#before + (performance.now() - this.#began) / 1000;
  }

  /** Seconds left; infinite where there is no budget. */
  get left(): number {
    return this.budget === undefined ? Infinity : this.budget - this.seconds;
  }

  get spent(): Spent {
    const open = this.#open.at(-1);
    if (open) this.#book(open);
    return Object.fromEntries(STAGES.map((stage) => [stage, this.#spent.get(stage) ?? 0]));
  }

  /** Such as `features 12 s, search 40 s`, the dearest first. */
  say(): string {
    return Object.entries(this.spent)
      .filter(([, seconds]) => seconds >= 0.01)
      .sort(([, a], [, b]) => b - a)
      .map(([stage, seconds]) => `${stage} ${sayDuration(seconds * 1000)}`)
      .join(', ');
  }
}
