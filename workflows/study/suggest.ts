import { SearchError, type Study } from 'ml-hyperparameter';
import { TrainyardError } from '../../core/errors/index.js';
import type { Json } from '../../core/json.js';
import { engineActivities } from '../engine/index.js';
import type { StudyBook } from './book.js';

type Proposal = ReturnType<Study['propose']>;

/**
 * Trials up to which a sampler suggests within the Workflow task. Beyond, a suggestion may hold the task for more than
 * 50 ms: it is computed in an Activity and recorded. Samplers that are not named here look at few trials, or none.
 */
const WITHIN_TASK: Readonly<Record<string, number>> = {
  auto: 10,
  gp: 10,
  tpe: 150,
  motpe: 50,
  'cma-es': 500,
  nsga2: 500,
};

/**
 * The next configuration to try; null when a grid has no more. Throws TY-STUDY-FAILED when all trials so far failed,
 * TY-STUDY for what the library refuses.
 */
export async function suggest({ searched, ask, trials, changes }: StudyBook): Promise<Proposal | null> {
  try {
    if (trials.length <= (WITHIN_TASK[ask.sampler.name] ?? Infinity)) return searched.propose();
    const before = changes.length;
    const proposal = await engineActivities()['trainyard.suggest'](searched.toJSON() as unknown as Json);
    // While it was computed, a person may have added a trial, which goes first.
    return changes.length === before ? (proposal as unknown as Proposal) : searched.propose();
  } catch (error) {
    if (error instanceof SearchError && error.code === 'MLH-GRID-EXHAUSTED') return null;
    throw error instanceof SearchError ? explained(error, ask.target.name) : error;
  }
}

function explained(error: SearchError, target: string): TrainyardError {
  const { expected, actual, remedy } = error.detail;
  return new TrainyardError(error.code === 'MLH-ALWAYS-FAILS' ? 'TY-STUDY-FAILED' : 'TY-STUDY', {
    what: `tune(${target}): ${error.message.replace(/^MLH-[A-Z-]+: /, '').split('; ')[0] ?? ''}`,
    where: { node: target },
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
    ...(error.code === 'MLH-ALWAYS-FAILS' || remedy === undefined ? {} : { remedy }),
    cause: error,
  });
}
