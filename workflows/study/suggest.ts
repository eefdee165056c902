import { workflowInfo } from '@temporalio/workflow';
import { SearchError, type Study } from 'ml-hyperparameter';
import { digestText } from '../../core/digest.js';
import { TrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import type { SuggestionAnswer } from '../../core/study/steps.js';
import { engineActivities } from '../engine/index.js';
import type { StudyBook } from './book.js';

type Proposal = ReturnType<Study['propose']>;

/**
 * About how long a suggestion takes, ms, by trials and dimensions: as measured on one core of a server, with some room.
 * Samplers that are not named here look at few trials, or none.
 */
const MS: Readonly<Record<string, (trials: number, dimensions: number) => number>> = {
  // After its first points, which are those of a sequence.
  gp: (trials) => (trials <= 10 ? 0 : Infinity),
  tpe: parzenMs,
  motpe: (trials, dimensions) => parzenMs(trials, dimensions) + 1.2e-5 * trials ** 2,
  'cma-es': (_, dimensions) => 4 + 0.15 * dimensions + 0.009 * dimensions ** 2,
  nsga2: (trials) => 0.002 * trials + 1e-6 * trials ** 2,
};

function parzenMs(trials: number, dimensions: number): number {
  return 1 + 0.0005 * Math.min(trials, 500) * dimensions + 0.001 * trials;
}

/** Longer than this a suggestion may hold a task for 50 ms, where the machine is slower or does other things too. */
const AT_ONCE_MS = 20;
/**
 * What suggestions of one history may take within its tasks. A replay makes all of them again, in one task of 10 s; those
 * that are recorded it takes as they were.
 */
const IN_ALL_MS = 2_000;

/** Asks for configurations: within the Workflow task, or of a double of the study that the worker keeps. */
export class Suggester {
  readonly #book: StudyBook;
  /** What the double was when it was asked last; undefined where it has to be given the whole study. */
  #double: string | undefined;
  /** About how long suggestions within tasks took so far, ms. */
  #withinMs = 0;

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
      const ms = this.#takesMs();
      while (ms > AT_ONCE_MS || this.#withinMs + ms > IN_ALL_MS) {
        const proposal = await this.#beside();
        if (proposal === null) break;
        // While it was computed, a person may have added a trial, which goes first.
        if (steps.length === 0) return proposal;
      }
      this.#double = undefined;
      steps.length = 0;
      this.#withinMs += ms === Infinity ? 0 : ms;
      return searched.propose();
    } catch (error) {
      if (error instanceof SearchError && error.code === 'MLH-GRID-EXHAUSTED') return null;
      throw error instanceof SearchError ? explained(error, ask.target.name) : error;
    }
  }

  /** About how long the next suggestion takes. By what is recorded alone, since a replay must decide the same. */
  #takesMs(): number {
    const { searched, trials, ask } = this.#book;
    // The default says of each trial which sampler it has picked; it may begin with the slowest.
    const picked = trials.findLast(({ by }) => by !== 'given')?.by ?? 'gp';
    const sampler = ask.sampler.name === 'auto' ? picked : ask.sampler.name;
    return MS[sampler]?.(trials.length, searched.domain.dimensions.length) ?? 0;
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
