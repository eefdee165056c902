import type { StudyJson } from 'ml-hyperparameter';
import type { StudyTrial } from './state.js';

/** A trial as the library knows it: without what only a run has (times, cost, where it ran). */
export function libraryTrial({
  number,
  params,
  state,
  values,
  constraints,
  reports,
  reason,
  by,
}: StudyTrial): StudyJson['trials'][number] {
  return {
    number,
    params,
    state,
    reports,
    by,
    ...(values === undefined ? {} : { values }),
    ...(constraints === undefined ? {} : { constraints }),
    ...(reason === undefined ? {} : { reason }),
  };
}
