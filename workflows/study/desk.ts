import { defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import { SearchError } from 'ml-hyperparameter';
import { TrainyardError } from '../../core/errors/index.js';
import { STUDY_QUERY, type StudyState } from '../../core/study.js';
import { sayIssues } from '../../core/pipeline.js';
import { sayParams } from '../../studies/index.js';
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
    setHandler(studyQuery, (ask) => book.state(Date.now(), ask?.from ?? 0));
    setHandler(reportUpdate, (reports) => uses.report(reports));
    setHandler(steerUpdate, (asked) => this.#steer(asked), { validator: (asked) => this.#check(asked) });
  }

  get paused(): boolean {
    return this.#book.status === 'paused';
  }

  #check(asked: Steering): void {
    const parsed = steering.safeParse(asked);
    const refuse = (what: string): never => {
      throw workflowFailure(new TrainyardError('TY-DECISION', { what, where: { run: this.#book.state(0, 0, 0).run } }));
    };
    if (!parsed.success) return refuse(`a study does not take this: ${sayIssues(parsed.error)}`);
    if (this.over || this.#book.endedAt !== undefined) return refuse('the study is over');
    const { action } = parsed.data;
    if (action === 'pause' && this.paused) return refuse('the study is paused already');
    if (action === 'resume' && !this.paused) return refuse('the study is not paused');
    if (action === 'grow' && this.#book.planned === undefined)
      return refuse('the study has no number of trials that could grow: its time or cost ends it');
    if (action !== 'add') return undefined;
    try {
      // A copy takes it first: what it refuses is told to whoever asks.
      this.#book.searched.domain.pointOf(parsed.data.params);
    } catch (error) {
      if (error instanceof SearchError) return refuse(error.message);
      throw error;
    }
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
        book.searched.enqueue(asked.params);
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
    if (this.#book.planned === undefined) return;
    this.#book.planned = trials;
    this.#book.searched.plan(trials);
  }
}

function sayChange(asked: Steering): string {
  switch (asked.action) {
    case 'grow':
      return `${asked.trials} more trials`;
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
