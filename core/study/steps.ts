import type { Study, StudyJson } from 'ml-hyperparameter';
import type { Json } from '../json.js';

/** Something that changes what a study of the library suggests next: plain JSON. */
export type StudyStep =
  | { readonly begin: ReturnType<Study['propose']> }
  | { readonly tell: StudyJson['trials'][number] }
  | { readonly enqueue: Parameters<Study['enqueue']>[0] }
  | { readonly plan: number };

/**
 * Asks a worker for a suggestion. It keeps a double of the study: `from` and `to` name, by content, what the study was
 * when it was asked for last and what it is now, and `steps` lead from the one to the other. `whole` is for a worker that
 * has no double.
 */
export type SuggestionAsk =
  | { readonly study: string; readonly from: string; readonly to: string; readonly steps: readonly StudyStep[] }
  | { readonly study: string; readonly to: string; readonly whole: Json };

/** `behind`: the worker has another double, or none. `refused`: the library says why when it is asked without one. */
export type SuggestionAnswer = { readonly proposal: Json } | { readonly behind: true } | { readonly refused: true };

/** Takes a step in a study of the library. */
export function takeStep(study: Study, step: StudyStep): void {
  if ('begin' in step) study.accept(step.begin);
  else if ('enqueue' in step) study.enqueue(step.enqueue);
  else if ('plan' in step) study.plan(step.plan);
  else tell(study, step.tell);
}

function tell(
  study: Study,
  { number, state, values, constraints, reports, reason }: StudyJson['trials'][number],
): void {
  for (const [at, value] of reports) study.report(number, at, value ?? Number.NaN);
  if (state === 'complete' && values) study.tell(number, { values, constraints: constraints ?? [] });
  else if (state === 'pruned') study.prune(number, reason);
  else study.fail(number, reason ?? 'no reason was given');
}
