import type { PrunerSpec, Restriction, SamplerSpec } from 'ml-hyperparameter';
import type { Duration } from '../duration.js';

export type Direction = 'maximize' | 'minimize';

type Bare<Spec> = Spec extends { readonly name: infer Name }
  ? Spec extends { readonly name: 'percentile' | 'hyperband' }
    ? never
    : Name
  : never;

/** How a study searches. `At` are the paths to the numbers that a trial gives. */
export interface StudyOptions<At extends string = string> {
  /** What is known beforehand between parameters: `linear(…)`, `forbid(…)`. */
  readonly restrictions?: readonly Restriction[];
  /** A name, or a name with options. Default `auto`: chosen by space and budget, with its reason in the notes. */
  readonly sampler?: SamplerSpec['name'] | SamplerSpec;
  /**
   * Stops trials that are unlikely to be the best, by what they report on their way: `ctx.report` in the node, folds,
   * or rungs. A rung pruner (`asha`, `hyperband`) on a node that `continuesOver` a parameter runs a trial as calls with
   * more and more of it, each going on from the checkpoint of the one before. Default `none`.
   */
  readonly pruner?: Bare<PrunerSpec> | PrunerSpec;
  /** Most trials. At least one of `trials`, `time` and `cost` is needed. */
  readonly trials?: number;
  /** No trial is begun once the study has lasted so long. */
  readonly time?: Duration;
  /** No trial is begun once trials have cost so much: the sum of a figure of theirs, else seconds of computation. */
  readonly cost?: number | { readonly most: number; readonly at: At };
  /**
   * No trial is begun once the chance that the next one betters the best by more than `least` (default 0) is below
   * `chance`: after w trials in a row that did not, it is taken for 1/(w + 2), by Laplace's rule of succession.
   */
  readonly enough?: { readonly chance: number; readonly least?: number };
  /** The study fails with the first reason once so many trials have failed and none has succeeded. Default 5. */
  readonly failures?: number;
  /**
   * Trials that may run at once. Default 2. Trial n is suggested and judged by the results of trials up to n − parallel,
   * told in their order, so the study is the same however long each trial takes.
   */
  readonly parallel?: number;
  /** Where the objective stands, as `port.path`, such as `figures.f1.macro`. */
  readonly objective?: At;
  /** Of `objective`. Default `maximize`. */
  readonly direction?: Direction;
  /** In the place of `objective`: several, by name. */
  readonly objectives?: { readonly [name: string]: { readonly at: At; readonly direction: Direction } };
  /**
   * Which trial of the front is the best: that of the objective named; or `balanced`, the default: the one nearest to
   * the best of each objective, every objective scaled by its range over the front.
   */
  readonly choose?: string;
  /** Limits that the best must keep, by name: latency or size, reported by the node among its outputs. */
  readonly constraints?: {
    readonly [name: string]: { readonly at: At; readonly most?: number; readonly least?: number };
  };
  /** What the study is called in the graph. Default `tune`. */
  readonly name?: string;
  /** For tests: its Workflow continues as new whenever so many trials were told. Default: by the length of its history. */
  readonly continueAfter?: number;
}
