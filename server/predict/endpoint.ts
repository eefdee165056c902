import { isTrainyardError, sayThrown, TrainyardError } from '@trainyard/errors';
import type { Predictor } from '../../models/index.js';
import type { TrafficPlan } from '../../core/traffic.js';
import { ServedVersion, type Answer, type Assignment, type ModelHome } from './served-version.js';
import { sayPlanProblem, Traffic, type ArmWatch, type AskedBy } from './traffic.js';

/**
 * A served model name: which versions answer. A new version is opened whole, and has answered its own sample, before it takes over; a
 * request is answered by one version from beginning to end. What cannot be opened leaves the version before in service.
 */
export class Endpoint {
  readonly name: string;
  readonly #home: ModelHome;
  readonly #watch: ArmWatch | undefined;
  #served: ServedVersion | undefined;
  #traffic: Traffic | undefined;
  #planProblem: string | undefined;
  #problem: { readonly what: string; readonly remedy?: string | undefined } | undefined;
  #swap: Promise<void> = Promise.resolve();

  constructor(name: string, home: ModelHome, watch?: ArmWatch) {
    this.name = name;
    this.#home = home;
    this.#watch = watch;
  }

  get assignment(): Assignment | undefined {
    return this.#served?.assignment;
  }

  /** The traffic plan that is followed. */
  get plan(): TrafficPlan | undefined {
    return this.#traffic?.plan;
  }

  /** Why the newest version could not take over, or the newest plan cannot be followed. */
  get problem(): string | undefined {
    return this.#problem?.what ?? this.#planProblem;
  }

  /** The model in service. Throws TY-ENDPOINT-NOT-READY while there is none. */
  get predictor(): Predictor {
    return this.#current().predictor;
  }

  /** Answers rows, by the arm that the traffic plan gives them: at once where the model does. */
  predict(rows: readonly Readonly<Record<string, unknown>>[], asked?: AskedBy): Answer | Promise<Answer> {
    const stable = this.#current();
    if (this.#traffic === undefined || asked === undefined) return stable.predict(rows);
    return this.#traffic.answer(stable, rows, asked);
  }

  /**
   * Follows a traffic plan, or none; true when it is followed now. All its versions are opened whole before the first is asked: where
   * one cannot be, the plan before stays.
   */
  follow(plan: TrafficPlan | undefined): Promise<boolean> {
    const turn = this.#swap.then(async () => {
      if (this.#traffic?.plan.number === plan?.number) {
        this.#planProblem = undefined;
        return true;
      }
      const open = this.#versions();
      const versions: ServedVersion[] = [];
      for (const { version, model } of plan?.arms ?? []) {
        const assignment = { version, model, move: plan!.number };
        try {
          const there = [...open, ...versions].find((one) => one.isOf(assignment));
          versions.push(there ?? (await ServedVersion.open(assignment, this.#home)));
        } catch (error) {
          this.#planProblem = sayPlanProblem(plan!, version, error);
          this.#retire(versions);
          return false;
        }
      }
      this.#planProblem = undefined;
      this.#traffic?.end();
      this.#traffic = plan && this.#watch ? new Traffic(this.name, plan, versions, this.#watch) : undefined;
      this.#retire([...open, ...versions]);
      return true;
    });
    this.#swap = turn.then(() => undefined);
    return turn;
  }

  /**
   * Brings a version into service, one after the other in the order of the calls; true when it serves now. A version
   * that serves already is not opened again.
   */
  assign(assignment: Assignment): Promise<boolean> {
    const turn = this.#swap.then(async () => {
      if (this.#served?.isOf(assignment)) {
        this.#served.moved(assignment);
        this.#problem = undefined;
        return true;
      }
      try {
        // An arm that becomes the version in service is open already.
        const arm = this.#traffic?.versions.find((one) => one.isOf(assignment));
        const opened = arm ?? (await ServedVersion.open(assignment, this.#home));
        opened.moved(assignment);
        const before = this.#served;
        this.#served = opened;
        if (before) this.#retire([before]);
        this.#problem = undefined;
        return true;
      } catch (error) {
        this.#problem = problemOf(this.name, assignment, error);
        return false;
      }
    });
    this.#swap = turn.then(() => undefined);
    return turn;
  }

  /** Frees the version in service once its last request is answered. */
  close(): void {
    const open = this.#versions();
    this.#traffic?.end();
    this.#traffic = undefined;
    this.#served = undefined;
    this.#retire(open);
  }

  #versions(): ServedVersion[] {
    return [...(this.#served ? [this.#served] : []), ...(this.#traffic?.versions ?? [])];
  }

  /** Frees those that nothing asks any more. */
  #retire(versions: readonly ServedVersion[]): void {
    const asked = new Set(this.#versions());
    for (const one of versions) if (!asked.has(one)) one.retire();
  }

  #current(): ServedVersion {
    if (this.#served) return this.#served;
    throw new TrainyardError('TY-ENDPOINT-NOT-READY', {
      what: `endpoint ${this.name} has no model in service: ${this.#problem?.what ?? 'it is being loaded'}`,
      remedy: this.#problem?.remedy,
    });
  }
}

/** Why a version cannot be opened, and what a person can do about it. */
function problemOf(name: string, { version }: Assignment, error: unknown): { what: string; remedy?: string } {
  const what = `version ${version} cannot be opened: ${sayThrown(error)}`;
  if (!isTrainyardError(error)) return { what };
  const short = `version ${version} cannot be opened: ${error.what}`;
  if (error.code !== 'TY-STORE-DAMAGED' && error.code !== 'TY-STORE-MISSING')
    return { what: short, remedy: error.remedy };
  return {
    what: short,
    remedy:
      'trainyard scrub takes it out of use; then run the pipeline of this version again: equal bytes make it whole, ' +
      `and it is served within seconds; or move ${name}'s alias to a version that is whole (the page of the model)`,
  };
}
