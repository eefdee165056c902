import { CATALOGUE, isTrainyardError, sayThrown } from '@trainyard/errors';
import { armsOfSlots, seedOf, slotOf, STABLE, type TrafficPlan } from '../../core/traffic.js';
import type { Answer, ServedVersion } from './served-version.js';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** What of a request decides which arm answers it. */
export interface AskedBy {
  readonly id: string;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
}

/** Is told what arms do. */
export interface ArmWatch {
  /** An arm answered, or failed, after so many milliseconds. */
  count(endpoint: string, plan: number, arm: string, ms: number, failed: boolean): void;
  /** A shadow was left out, since it is behind. */
  dropped(endpoint: string, plan: number, arm: string): void;
  /** What a shadow answered. */
  shadowed(endpoint: string, asked: { readonly id: string; readonly rows: Rows }, answer: Answer): void;
}

/** Requests that wait for a shadow at most. */
const MOST_SHADOWS = 200;

/**
 * A traffic plan at work: which version answers a request. A request is answered by one version from beginning to end; one that an arm
 * cannot answer is answered by the stable version, and counts as an error of the arm.
 */
export class Traffic {
  readonly plan: TrafficPlan;
  readonly versions: readonly ServedVersion[];
  readonly #endpoint: string;
  readonly #watch: ArmWatch;
  readonly #arms: Uint8Array;
  readonly #seed: number;
  readonly #shadows: { readonly id: string; readonly rows: Rows }[] = [];
  #mirroring = false;
  #over = false;

  constructor(endpoint: string, plan: TrafficPlan, versions: readonly ServedVersion[], watch: ArmWatch) {
    this.#endpoint = endpoint;
    this.plan = plan;
    this.versions = versions;
    this.#watch = watch;
    this.#arms = armsOfSlots(plan.arms);
    this.#seed = seedOf(plan.salt);
  }

  /** Answers rows by the arm that they belong to. Throws what the stable version throws. */
  answer(stable: ServedVersion, rows: Rows, asked: AskedBy): Answer | Promise<Answer> {
    const at = this.#arms[slotOf(this.#seed, this.#unitOf(rows, asked))]!;
    if (at === 0) return this.#counted(STABLE, stable, rows);
    if (this.plan.mode !== 'shadow') return this.#byArm(at - 1, stable, rows);
    const answer = this.#counted(STABLE, stable, rows);
    // After the answer: whoever waits for it does not wait for a shadow.
    if (!(answer instanceof Promise)) this.#mirror({ id: asked.id, rows });
    else
      answer.then(
        () => this.#mirror({ id: asked.id, rows }),
        () => undefined,
      );
    return answer;
  }

  /** Asks no shadow any more. */
  end(): void {
    this.#over = true;
    this.#shadows.length = 0;
  }

  #unitOf(rows: Rows, { id, headers }: AskedBy): string {
    const { key } = this.plan;
    if (key === undefined) return id;
    const value = 'header' in key ? headers[key.header] : rows[0]?.[key.column];
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : id;
  }

  #byArm(at: number, stable: ServedVersion, rows: Rows): Answer | Promise<Answer> {
    const { name } = this.plan.arms[at]!;
    const began = performance.now();
    // Asked again of the stable version, so that nobody pays for an arm; what that refuses too is the caller's mistake.
    const instead = (): Answer | Promise<Answer> => {
      const failedAfter = performance.now() - began;
      const failed = (answer: Answer): Answer => {
        this.#count(name, failedAfter, true);
        return answer;
      };
      const answer = this.#counted(STABLE, stable, rows);
      return answer instanceof Promise ? answer.then(failed) : failed(answer);
    };
    try {
      const answer = this.versions[at]!.predict(rows);
      if (!(answer instanceof Promise)) return this.#said(name, began, answer);
      return answer.then((said) => this.#said(name, began, said), instead);
    } catch {
      return instead();
    }
  }

  #counted(arm: string, version: ServedVersion, rows: Rows): Answer | Promise<Answer> {
    const began = performance.now();
    const failed = (error: unknown): never => {
      const isMistake = isTrainyardError(error) && CATALOGUE[error.code].fault === 'user';
      if (!isMistake) this.#count(arm, performance.now() - began, true);
      throw error;
    };
    try {
      const answer = version.predict(rows);
      if (!(answer instanceof Promise)) return this.#said(arm, began, answer);
      return answer.then((said) => this.#said(arm, began, said), failed);
    } catch (error) {
      return failed(error);
    }
  }

  #said(arm: string, began: number, answer: Answer): Answer {
    this.#count(arm, performance.now() - began, false);
    return { ...answer, traffic: { plan: this.plan.number, arm } };
  }

  #count(arm: string, ms: number, failed: boolean): void {
    this.#watch.count(this.#endpoint, this.plan.number, arm, ms, failed);
  }

  #mirror(request: { readonly id: string; readonly rows: Rows }): void {
    const { number, arms } = this.plan;
    if (this.#over) return;
    if (this.#shadows.length >= MOST_SHADOWS) return this.#watch.dropped(this.#endpoint, number, arms[0]!.name);
    this.#shadows.push(request);
    if (this.#mirroring) return;
    this.#mirroring = true;
    setImmediate(() => void this.#mirrorNext());
  }

  /** One request of a shadow for each turn of the event loop, so that answers go first. */
  async #mirrorNext(): Promise<void> {
    const request = this.#shadows.shift();
    const version = this.versions[0];
    if (!request || !version || this.#over) {
      this.#mirroring = false;
      return;
    }
    const { name } = this.plan.arms[0]!;
    const began = performance.now();
    try {
      const answer = this.#said(name, began, await version.predict(request.rows));
      this.#watch.shadowed(this.#endpoint, request, answer);
    } catch {
      // The stable version has answered the same rows.
      this.#count(name, performance.now() - began, true);
    }
    setImmediate(() => void this.#mirrorNext());
  }
}

/** Why a plan cannot be followed, in words. */
export function sayPlanProblem({ number }: TrafficPlan, version: number, error: unknown): string {
  const why = isTrainyardError(error) ? error.what : sayThrown(error);
  return `the traffic plan of line ${number} cannot be followed: version ${version} cannot be opened: ${why}`;
}
