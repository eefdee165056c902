/** What a pruner is. Implementations stand beside this file; the conformance kit runs against each. */
import type { Domain } from '../space/index.js';
import type { Observation } from '../study/trial.js';

/** What a pruner may look at. */
export interface PrunerView {
  /** The trial in question; its last report is the newest. */
  readonly trial: Observation;
  /** All trials by number, this one included. */
  readonly history: readonly Observation[];
  readonly seed: number;
  /** The space that the trials' points lie in. */
  readonly domain: Domain;
  /** Whether the study may have held this trial back from being stopped before: earlier verdicts still count then. */
  readonly held?: boolean;
}

/**
 * Says whether a running trial should stop now. `shouldPrune` is called after a report, any number of times; it must
 * be a pure function of the view. It looks at the first objective only.
 */
export interface Pruner {
  readonly name: string;
  shouldPrune(view: PrunerView): boolean;
}
