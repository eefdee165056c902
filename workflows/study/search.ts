import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { TrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import type { StudyTrial } from '../../core/study/state.js';
import { when, type Engine } from '../engine/index.js';
import type { StudyBook, TrialEnd } from './book.js';
import type { TrialReports, Verdict } from './contract.js';
import { Desk } from './desk.js';
import { reportedOf } from './figures.js';
import { estimateNested } from './nested.js';
import { Suggester } from './suggest.js';
import { runTrial } from './trial.js';

interface Running {
  /** Resolves once the trial is over; rejects for what is not its fault. */
  readonly over: Promise<void>;
  readonly outputs: () => Json;
  readonly stop: (end: TrialEnd) => void;
}

/**
 * Asks for configurations, runs each as a trial, tells what came out, always in the order of their numbers: trial n is
 * suggested and judged by the results of trials up to n − parallel, whichever of them ended first.
 */
export class Search {
  readonly #engine: Engine;
  readonly #book: StudyBook;
  readonly #desk: Desk;
  readonly #running = new Map<number, Running>();
  #outer: CancellationScope | undefined;

  constructor(engine: Engine, book: StudyBook) {
    this.#engine = engine;
    this.#book = book;
    this.#desk = new Desk(book, {
      report: (reports) => this.#report(reports),
      endAll: (reason) => {
        this.#outer?.cancel();
        for (const { stop } of this.#running.values()) stop({ state: 'pruned', reason, ms: 0, found: false, cost: 0 });
      },
    });
  }

  /** Searches to the end. Gives the best trial, with its outputs where they are at hand. */
  async run(continueAfter: number): Promise<{ best: StudyTrial; outputs: Json | undefined }> {
    const book = this.#book;
    const toldBefore = book.told;
    const suggester = new Suggester(book);
    let exhausted: string | null = null;
    for (const trial of book.trials.slice(book.told)) {
      this.#engine.graph.forget(`trial ${trial.number}`);
      this.#start(trial);
    }
    for (;;) {
      if (this.#desk.over) break;
      if (book.told - toldBefore >= continueAfter) this.#engine.drain();
      if (book.trials.length - book.told >= book.ask.parallel) {
        await this.#tellNext();
        continue;
      }
      book.ended = exhausted ?? whyEnough(book);
      if (book.ended !== null) {
        if (book.told === book.trials.length) break;
        // The last ones may still be so good, or a person so hopeful, that it goes on.
        if (book.status === 'searching') book.status = 'ending';
        await this.#tellNext();
        continue;
      }
      if (book.status === 'ending') book.status = 'searching';
      if (this.#desk.paused) {
        await when(() => !this.#desk.paused || this.#desk.over !== undefined);
        continue;
      }
      const proposal = await suggester.next();
      if (proposal) this.#start(book.begin(proposal, Date.now()));
      else exhausted = 'every configuration of the grid was tried';
    }
    while (book.told < book.trials.length) await this.#tellNext();
    if (book.ask.nested && book.best && !this.#desk.over) await this.#estimate();
    return this.#outcome();
  }

  /** Repeats the search in outer folds; a person who ends the study ends that too. */
  async #estimate(): Promise<void> {
    this.#book.status = 'estimating';
    this.#outer = new CancellationScope();
    try {
      await this.#outer.run(() => estimateNested(this.#engine, this.#book));
    } catch (error) {
      if (!this.#desk.over) throw error;
    }
  }

  #outcome(): { best: StudyTrial; outputs: Json | undefined } {
    const { over } = this.#desk;
    const { best, ask } = this.#book;
    if (over?.how === 'cancel')
      throw new TrainyardError('TY-STUDY-FAILED', {
        what: `the study was ${this.#book.ended ?? 'cancelled'}`,
        where: { node: ask.target.name },
        remedy: 'run again: trials that had finished are found',
      });
    const { outputs } = this.#book;
    if (best) return { best, outputs: outputs?.number === best.number ? outputs.given : undefined };
    const failed = this.#book.trials.find(({ state }) => state === 'failed');
    const broken = this.#book.trials.some(({ state }) => state === 'complete');
    throw new TrainyardError('TY-STUDY-FAILED', {
      what: broken
        ? 'no trial of the study keeps all constraints'
        : `no trial of the study succeeded: ${failed?.reason ?? this.#book.ended ?? 'none was run'}`,
      where: { node: ask.target.name },
    });
  }

  #start(trial: StudyTrial): void {
    const scope = new CancellationScope();
    let outputs: Json = null;
    let decide: (end: TrialEnd) => void = () => undefined;
    const decided = new Promise<TrialEnd>((resolve) => (decide = resolve));
    const ran = scope
      .run(() => this.#ran(trial, scope))
      .then((done) => {
        ({ outputs } = done);
        return done.end;
      });
    ran.catch(() => undefined);
    const over = Promise.race([decided, ran]).then((end) => this.#book.end(trial.number, end, Date.now()));
    over.catch(() => undefined);
    const stop = (end: TrialEnd): void => {
      decide(end);
      scope.cancel();
    };
    this.#running.set(trial.number, { over, stop, outputs: () => outputs });
  }

  async #ran(trial: StudyTrial, scope: CancellationScope): Promise<{ end: TrialEnd; outputs: Json }> {
    const { ask } = this.#book;
    const judge = (): boolean => ask.pruner.name !== 'none' && this.#book.judge(trial.number, trial.reports);
    for (;;) {
      try {
        return await runTrial({ engine: this.#engine, ask, trial, judge });
      } catch (error) {
        // An equal trial, of which this one was a part, has been stopped: this one is judged by itself.
        const others =
          isCancellation(error) && !scope.consideredCancelled && !CancellationScope.current().consideredCancelled;
        if (!others) throw error;
        trial.reports.length = 0;
      }
    }
  }

  async #tellNext(): Promise<void> {
    const { told } = this.#book;
    const running = this.#running.get(told);
    await running?.over;
    this.#book.tell();
    this.#running.delete(told);
    if (this.#book.best?.number === told) this.#book.outputs = { number: told, given: running?.outputs() ?? null };
  }

  /** Takes what a node has reported; every step is judged, in order, whatever came along in one message. */
  #report({ trial: number, reports }: TrialReports): Verdict {
    const running = this.#running.get(number);
    const trial = this.#book.trials[number];
    if (!running || !trial || trial.state !== 'running') return { stop: trial?.state === 'pruned' };
    for (const [step, reported] of reports) {
      if (step <= (trial.reports.at(-1)?.[0] ?? -Infinity)) continue;
      const value = reportedOf(this.#book.ask, reported);
      if (value === undefined) continue;
      trial.reports.push([step, value]);
      if (!this.#book.judge(number, trial.reports)) continue;
      running.stop({ state: 'pruned', reason: `stopped at step ${step}`, ms: 0, found: false, cost: 0 });
      // The book hears of it a turn later; the next message must find it over.
      trial.state = 'pruned';
      return { stop: true };
    }
    return { stop: false };
  }
}

/** Why no more trials are begun; null while there is no reason. By what was told alone, but for the time. */
function whyEnough(book: StudyBook): string | null {
  const { ask, trials, planned } = book;
  if (planned !== undefined && trials.length >= planned) return `all ${planned} trials were begun`;
  if (ask.timeMs !== undefined && book.elapsed(Date.now()) >= ask.timeMs) return 'its time is over';
  if (ask.cost !== undefined && book.cost >= ask.cost.most)
    return `its cost is spent: ${Number(book.cost.toPrecision(4))}`;
  if (ask.enough === undefined) return null;
  const { chance, least } = ask.enough;
  const since = sinceBetter(book, least);
  return since !== null && 1 / (since + 2) < chance
    ? `no better trial is likely: the last ${since} did not better the best by more than ${least}`
    : null;
}

/** Trials told since one bettered the best by more than `least`; null before any was complete. */
function sinceBetter({ ask, trials, told }: StudyBook, least: number): number | null {
  const sign = ask.objectives[0]?.direction === 'maximize' ? 1 : -1;
  let best = -Infinity;
  let at: number | null = null;
  for (const { number, values, state, constraints = [] } of trials.slice(0, told)) {
    const value = sign * (values?.[0] ?? Number.NaN);
    if (state !== 'complete' || constraints.some((excess) => excess > 0) || !(value > best + least)) continue;
    best = value;
    at = number;
  }
  return at === null ? null : told - 1 - at;
}
