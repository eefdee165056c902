/** A study's own, changeable records of its trials. */
import type { Trial, TrialState } from './trial.js';

/** What samplers and pruners see of a trial, before it is theirs to read only. */
export interface MutableObservation {
  readonly number: number;
  readonly point: Float64Array;
  state: TrialState;
  losses: readonly number[] | undefined;
  violation: number;
  constraints: readonly number[];
  readonly curve: (readonly [number, number])[];
}

/** A trial that may still change. */
export type Draft<C> = { -readonly [K in keyof Trial<C>]: Trial<C>[K] } & {
  reports: (readonly [number, number | null])[];
};

/** How far outcome constraints are broken, summed. */
export function violationOf(constraints: readonly number[] | undefined): number {
  let sum = 0;
  for (const c of constraints ?? []) if (c > 0) sum += c;
  return sum;
}
