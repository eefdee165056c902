/** The form in which a study is kept. */
import { SearchError, show } from '../errors.js';
import type { PrunerSpec } from '../pruners/index.js';
import type { Json, SamplerSpec } from '../samplers/index.js';
import type { AnyConfiguration, Restriction, Space } from '../space/index.js';
import type { Objective, Trial } from './trial.js';

/** Says that a JSON is a study. */
export const STUDY_FORMAT = 'ml-hyperparameter/study';

/** A study as plain JSON. */
export interface StudyJson {
  readonly format: typeof STUDY_FORMAT;
  readonly version: 1;
  readonly space: Space;
  readonly restrictions: readonly Restriction[];
  readonly objectives: readonly Objective[];
  readonly sampler: SamplerSpec;
  readonly pruner: PrunerSpec;
  readonly seed: number;
  readonly parallel: number;
  readonly giveUpAfter: number;
  readonly budget?: number;
  readonly queue: readonly AnyConfiguration[];
  readonly past: readonly Trial[];
  readonly trials: readonly Trial[];
  readonly notes: readonly { readonly trial: number; readonly text: string }[];
  /** What the sampler keeps from one suggestion to the next. */
  readonly memory?: Json;
}

/** Checks that something is a study's JSON. */
export function readStudy(json: unknown): StudyJson {
  const given = json as Partial<StudyJson> | null;
  const bad = (what: string, expected: string, actual: unknown): SearchError =>
    new SearchError('MLH-BAD-JSON', what, { expected, actual: show(actual), remedy: 'Pass what Study.toJSON() gave.' });
  if (typeof given !== 'object' || given === null || given.format !== STUDY_FORMAT) {
    throw bad(
      'this is not a study',
      `an object with format "${STUDY_FORMAT}"`,
      given === null || typeof given !== 'object' ? given : given.format,
    );
  }
  if (given.version !== 1) throw bad('the study is of another version', '1', given.version);
  for (const key of ['objectives', 'restrictions', 'queue', 'past', 'trials', 'notes'] as const) {
    if (!Array.isArray(given[key])) throw bad(`the study lacks "${key}"`, 'a list', given[key]);
  }
  for (const key of ['sampler', 'pruner'] as const) {
    const named: unknown = given[key]?.name;
    if (typeof named !== 'string') throw bad(`the study lacks "${key}"`, 'an object with a name', given[key]);
  }
  (given.trials as readonly Trial[]).forEach((t, i) => {
    if (t.number !== i) throw bad('its trials are not numbered 0, 1, 2, …', String(i), t.number);
  });
  return given as StudyJson;
}
