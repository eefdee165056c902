/** What a sampler is. Implementations stand beside this file; the conformance kit runs against each. */
import type { PrunerView } from '../pruners/contract.js';
import type { Generator } from '../random.js';
import type { Domain, Point } from '../space/index.js';
import type { Observation } from '../study/trial.js';

/** Plain data, as JSON holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a sampler may look at when it is asked. */
export interface SamplerView {
  readonly domain: Domain;
  /** The study's seed: for what must be the same in every trial, such as the scrambling of a sequence. */
  readonly seed: number;
  /** The number of the trial to suggest. */
  readonly number: number;
  /** How many points this sampler's study has drawn before; given points do not count. */
  readonly drawn: number;
  /** A generator of this trial's own. */
  readonly random: Generator;
  /** Past studies' trials first, then this study's by number, running ones included. */
  readonly history: readonly Observation[];
  /** How many objectives there are. */
  readonly objectives: number;
  /** How many trials the study plans, where it said so. */
  readonly budget: number | undefined;
  /** How many trials run side by side. */
  readonly parallel: number;
  /** What this sampler returned as `memory` last time. */
  readonly memory: Json | undefined;
}

/** A sampler's answer. */
export interface Suggestion {
  /** A settled point that keeps the domain's restrictions. */
  readonly point: Point;
  /** Kept with the study and handed back at the next call. */
  readonly memory?: Json;
  /** A sentence for people when something was decided, such as a change of method. */
  readonly note?: string;
  /** The name to record, where it differs from the sampler's. */
  readonly by?: string;
}

/**
 * Suggests the next point. `suggest` is called once per asked trial, in the process that holds the study. It must be
 * a pure function of the view (what it caches may only save time): no clock, no `Math.random`, no input or output,
 * and it must not change anything in the view. It must work from an empty history on, with running, failed and
 * pruned trials in it.
 */
export interface Sampler {
  readonly name: string;
  suggest(view: SamplerView): Suggestion;
  /**
   * Whether the end of a running trial could still change what this sampler suggests. While it could, the study does
   * not let a pruner stop the trial: a sampler that learns is misled by good trials that were stopped for a slow start.
   * Left out: pruners decide alone.
   */
  wants?(view: PrunerView): boolean;
}
