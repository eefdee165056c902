import { defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import { SearchError } from 'ml-hyperparameter';
import { type ErrorParts, sayNearest, TrainyardError } from '@trainyard/errors';
import { STUDY_QUERY, type StudyState, type StudyTrial } from '../../core/study/state.js';
import { sayIssues } from '../../core/pipeline.js';
import { sayParams } from '../../core/study/index.js';
import { workflowFailure } from '../engine/index.js';
import type { StudyBook } from './book.js';
import { STUDY, steering, type Steering, type TrialReports, type Verdict } from './contract.js';

const studyQuery = defineQuery<StudyState, [{ from?: number }?]>(STUDY_QUERY);
const steerUpdate = defineUpdate<void, [Steering]>(STUDY.steer);
const reportUpdate = defineUpdate<Verdict, [TrialReports]>(STUDY.report);

/** What the search does with what comes in. */
export interface DeskUses {
  /** Takes reports of a trial that runs. */
  report(reports: TrialReports): Verdict;
  /** Ends all trials that run, since a person said so. */
  endAll(reason: string): void;
}

/** Answers the messages of a study: its state for everybody, decisions of people, reports of workers. */
export class Desk {
  readonly #book: StudyBook;
  readonly #uses: DeskUses;
  /** A person has ended it: `stop` with the best so far, `cancel` without a result. */
  over: { readonly how: 'stop' | 'cancel'; readonly by: string; readonly why: string } | undefined;

  constructor(book: StudyBook, uses: DeskUses) {
    this.#book = book;
    this.#uses = uses;
    setHandler(studyQuery, (ask) => book.page(Date.now(), ask?.from ?? 0));
    setHandler(reportUpdate, (reports) => uses.report(reports));
    setHandler(steerUpdate, (asked) => this.#steer(asked), { validator: (asked) => this.#check(asked) });
  }

  get paused(): boolean {
    return this.#book.status === 'paused';
  }

  #check(asked: Steering): void {
    const parsed = steering.safeParse(asked);
    const { run } = this.#book;
    const command = `trainyard study ${run.split('/')[0] ?? run}`;
    const refuse = (what: string, remedy: string): never => {
      throw workflowFailure(new TrainyardError('TY-DECISION', { what, where: { run }, remedy }));
    };
    if (!parsed.success)
      return refuse(
        `a study does not take this: ${sayIssues(parsed.error)}`,
        'trainyard study --help shows what it takes',
      );
    if (this.over || this.#book.endedAt !== undefined) return refuse('the study is over', goOn(run));
    const { action } = parsed.data;
    if (this.#book.status === 'estimating' && action !== 'stop' && action !== 'cancel')
      return refuse('its trials are over, and the search is being repeated in outer folds', goOn(run));
    if (action === 'pause' && this.paused) return refuse('the study is paused already', `${command} resume`);
    if (action === 'resume' && !this.paused) return refuse('the study is not paused', `${command} shows how it stands`);
    if (action === 'grow' && this.#book.planned === undefined)
      return refuse(
        'the study has no number of trials that could grow: its time or cost ends it',
        `run it again with more of it: trials that are equal are found`,
      );
    if (action === 'add') this.#checkTrial(parsed.data.params, run);
  }

  /** A trial that a person adds stands in the space, and keeps what is known between parameters. */
  #checkTrial(params: StudyTrial['params'], run: string): void {
    const { domain } = this.#book.searched;
    const refuse = (what: string, more: Omit<ErrorParts, 'what'>): never => {
      throw workflowFailure(new TrainyardError('TY-PARAM', { what: `a trial by hand: ${what}`, ...more }));
    };
    try {
      if (domain.allows(domain.pointOf(params))) return;
    } catch (error) {
      if (!(error instanceof SearchError)) throw error;
      const { at, expected, actual } = error.detail;
      const field = /^parameter "(.+)"$/.exec(at ?? '')?.[1];
      if (field === undefined) {
        const name = /has "(.+)", which/.exec(error.message)?.[1] ?? '';
        const known = expected?.split(', ') ?? [];
        return refuse(`the space has no "${name}" there; ${sayNearest(name, known)}`, {
          where: { run, field: name },
          expected,
          remedy: `leave ${name} out`,
        });
      }
      const value = actual === 'undefined' ? 'is missing' : `is ${actual ?? ''}, which the space does not hold`;
      return refuse(`${field} ${value}`, {
        where: { run, field },
        expected,
        actual,
        remedy:
          'give what the space holds; to search further out, widen it and run again: trials that are equal are found',
      });
    }
    return refuse(`${sayParams(params)} breaks a restriction of the study`, {
      where: { run },
      expected: JSON.stringify(this.#book.ask.restrictions),
      remedy: 'give other values, or run again without the restriction: trials that are equal are found',
    });
  }

  #steer(asked: Steering): void {
    const book = this.#book;
    const { action, by, why } = asked;
    book.changes.push({ at: Date.now(), by, why, action, what: sayChange(asked) });
    switch (action) {
      case 'grow':
        this.#plan((book.planned ?? 0) + asked.trials);
        return;
      case 'add':
        book.enqueue(asked.params);
        this.#plan((book.planned ?? 0) + 1);
        return;
      case 'pause':
        book.status = 'paused';
        return;
      case 'resume':
        book.status = 'searching';
        return;
      default:
        this.over = { how: action, by, why };
        book.ended = `${action === 'stop' ? 'stopped' : 'cancelled'} by ${by}${why === '' ? '' : `: ${why}`}`;
        this.#uses.endAll(book.ended);
    }
  }

  #plan(trials: number): void {
    if (this.#book.planned !== undefined) this.#book.plan(trials);
  }
}

/** How a study that is over goes on. */
function goOn(run: string): string {
  return `trainyard resume ${run.split('/')[0] ?? run} --trials +50 goes on where it ended`;
}

function sayChange(asked: Steering): string {
  switch (asked.action) {
    case 'grow':
      return `${asked.trials} more trial${asked.trials === 1 ? '' : 's'}`;
    case 'add':
      return `a trial with ${sayParams(asked.params)}`;
    case 'pause':
      return 'no new trials for now';
    case 'resume':
      return 'new trials again';
    case 'stop':
      return 'end with the best so far';
    case 'cancel':
      return 'end without a result';
  }
}
