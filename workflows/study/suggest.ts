import { workflowInfo } from '@temporalio/workflow';
import { SearchError, type Study } from 'ml-hyperparameter';
import { digestText } from '../../core/digest.js';
import { TrainyardError } from '../../core/errors/index.js';
import type { Json } from '../../core/json.js';
import type { SuggestionAnswer } from '../../core/study-steps.js';
import { engineActivities } from '../engine/index.js';
import type { StudyBook } from './book.js';

type Proposal = ReturnType<Study['propose']>;

/**
 * Up to how many trials, and in how many dimensions, a sampler suggests within the Workflow task. Beyond, a suggestion
 * may hold the task for more than 50 ms, on a machine three times as slow as one where half of that was measured: it is
 * computed in an Activity and recorded. Samplers that are not named here look at few trials, or none.
 */
const WITHIN_TASK: Readonly<Record<string, { readonly trials: number; readonly dimensions: number }>> = {
  gp: { trials: 10, dimensions: Infinity },
  tpe: { trials: Infinity, dimensions: 60 },
  motpe: { trials: 500, dimensions: 60 },
  'cma-es': { trials: Infinity, dimensions: 30 },
  nsga2: { trials: 3000, dimensions: Infinity },
};

/** Asks for configurations: within the Workflow task, or of a double of the study that the worker keeps. */
export class Suggester {
  readonly #book: StudyBook;
  /** What the double was when it was asked last; undefined where it has to be given the whole study. */
  #double: string | undefined;

  constructor(book: StudyBook) {
    this.#book = book;
  }

  /**
   * The next configuration to try; null when a grid has no more. Throws TY-STUDY-FAILED when all trials so far failed,
   * TY-STUDY for what the library refuses.
   */
  async next(): Promise<Proposal | null> {
    const { searched, ask, steps } = this.#book;
    try {
      while (this.#takesLong()) {
        const proposal = await this.#beside();
        if (proposal === null) break;
        // While it was computed, a person may have added a trial, which goes first.
        if (steps.length === 0) return proposal;
      }
      this.#double = undefined;
      steps.length = 0;
      return searched.propose();
    } catch (error) {
      if (error instanceof SearchError && error.code === 'MLH-GRID-EXHAUSTED') return null;
      throw error instanceof SearchError ? explained(error, ask.target.name) : error;
    }
  }

  /** By what is recorded alone, since a replay must decide the same. */
  #takesLong(): boolean {
    const { searched, trials, ask } = this.#book;
    // The default says of each trial which sampler it has picked; it may begin with the slowest.
    const picked = trials.findLast(({ by }) => by !== 'given')?.by ?? 'gp';
    const limit = WITHIN_TASK[ask.sampler.name === 'auto' ? picked : ask.sampler.name];
    return (
      limit !== undefined && (trials.length > limit.trials || searched.domain.dimensions.length > limit.dimensions)
    );
  }

  /** Asks the double, told what was done since; where there is none, it is given the whole study. Null if it refuses. */
  async #beside(): Promise<Proposal | null> {
    const { steps, searched } = this.#book;
    const study = workflowInfo().runId;
    let answer: SuggestionAnswer = { behind: true };
    if (this.#double !== undefined) {
      const from = this.#double;
      const since = steps.splice(0);
      this.#double = digestText(`${from} ${JSON.stringify(since)}`);
      answer = await engineActivities()['trainyard.suggest']({ study, from, to: this.#double, steps: since });
    }
    if ('behind' in answer) {
      const whole = searched.toJSON() as unknown as Json;
      // What was done meanwhile is in it.
      steps.length = 0;
      this.#double = digestText(JSON.stringify(whole));
      answer = await engineActivities()['trainyard.suggest']({ study, to: this.#double, whole });
    }
    return 'proposal' in answer ? (answer.proposal as unknown as Proposal) : null;
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
