import type { PrunerSpec, Restriction, SamplerSpec, Space } from 'ml-hyperparameter';
import type { Json } from '../json.js';
import type { Ref, Report } from '../kinds.js';
import type { TuneFigures } from './tune-figures.js';

/** Workflow type of a study. */
export const STUDY_TYPE = 'study';

/** Arguments of a trial as they travel: parameters, and references to artifacts in the place of handles. */
export interface TrialArgs {
  readonly [name: string]: Json | Ref | readonly Ref[];
}

/** One objective: its name, where it stands, and what is better. */
export interface ObjectiveAsk {
  readonly name: string;
  readonly at: string;
  readonly direction: 'maximize' | 'minimize';
}

/** A limit on one of a trial's figures. */
export interface ConstraintAsk {
  readonly name: string;
  readonly at: string;
  readonly most?: number;
  readonly least?: number;
}

/** An outer fold of a nested estimate: what is searched anew, and what judges that search. */
export interface OuterFold {
  /** Inputs of its trials; several: those of their folds. */
  readonly search: TrialArgs | readonly TrialArgs[];
  /** Inputs of the call that is made with what was found. */
  readonly held: TrialArgs;
}

/** What a study's Workflow is asked. */
export interface StudyAsk {
  readonly target: { readonly kind: 'node' | 'pipeline'; readonly name: string };
  /** What all trials share: inputs and parameters. */
  readonly shared: TrialArgs;
  /** Inputs by which the folds of a trial differ. */
  readonly folds?: readonly TrialArgs[];
  /** The search is repeated in each of them, for a nested estimate. */
  readonly nested?: readonly OuterFold[];
  readonly space: Space;
  readonly restrictions: readonly Restriction[];
  readonly sampler: SamplerSpec;
  readonly pruner: PrunerSpec;
  readonly objectives: readonly ObjectiveAsk[];
  readonly constraints: readonly ConstraintAsk[];
  /** `balanced`, or the objective that decides. */
  readonly choose: string;
  readonly trials?: number;
  readonly timeMs?: number;
  readonly cost?: { readonly most: number; readonly at?: string };
  readonly enough?: { readonly chance: number; readonly least: number };
  readonly parallel: number;
  readonly failures: number;
  /** For tests: continues as new whenever so many trials were told. */
  readonly continueAfter?: number;
  /** The parameter by whose growth a trial is run rung by rung, and its values. */
  readonly rungs?: { readonly param: string; readonly values: readonly number[] };
}

/** What a study's Workflow answers. */
export interface StudyAnswer {
  readonly params: { readonly [name: string]: Json };
  /** A node's outputs by port; what a pipeline returned. With folds: of the first. */
  readonly outputs: Json;
  readonly report: Ref<Report<TuneFigures>>;
}

/** How a study is grown when a run is resumed: by how many trials, from whose studies. */
export interface StudyGrowth {
  readonly of: string;
  readonly trials: number;
  readonly by: string;
  readonly why: string;
}
