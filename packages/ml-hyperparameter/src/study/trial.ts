/** What a study remembers of a trial, for people and JSON, and what it shows of it to samplers and pruners. */
import type { AnyConfiguration, Point } from '../space/index.js';

/** running: asked and not told; the other four are final. */
export type TrialState = 'running' | 'complete' | 'pruned' | 'failed';

/** One configuration tried. Plain JSON. */
export interface Trial<C = AnyConfiguration> {
  /** 0, 1, 2, … in the order of asking. */
  readonly number: number;
  readonly params: C;
  readonly state: TrialState;
  /** One value per objective, in the objectives' order; only when complete. */
  readonly values?: readonly number[];
  /** Outcomes that should be at most 0 (latency over its limit, size over its limit, …). */
  readonly constraints?: readonly number[];
  /** What it reported while it ran, by rising step; `null` stands for a value that was no number. */
  readonly reports: readonly (readonly [step: number, value: number | null])[];
  /** Why it failed or was pruned. */
  readonly reason?: string;
  /** The sampler that suggested it; "given" for a point that was handed in. */
  readonly by: string;
}

/** A trial as samplers and pruners see it: coordinates, and losses (smaller is better whatever the direction). */
export interface Observation {
  readonly number: number;
  readonly point: Point;
  readonly state: TrialState;
  /** One per objective; only when complete. */
  readonly losses: readonly number[] | undefined;
  /** How far the outcome constraints are broken, summed; 0 when all hold or none are told. */
  readonly violation: number;
  /** Outcome constraints as told, at most 0 where they hold. */
  readonly constraints: readonly number[];
  /** Steps with the first objective's loss there, by rising step; `Infinity` where the report was no number. */
  readonly curve: readonly (readonly [step: number, loss: number])[];
}

/** What to minimise or maximise. */
export type Direction = 'minimize' | 'maximize';

/** An objective by name. */
export interface Objective {
  readonly name: string;
  readonly direction: Direction;
}
