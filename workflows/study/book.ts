import { Study } from 'ml-hyperparameter';
import { digestText } from '../../core/digest.js';
import { TrainyardError } from '@trainyard/errors';
import { canonical } from '../../core/json.js';
import { studyOf } from '../../core/study/check.js';
import type { StudyAsk } from '../../core/study/ask.js';
import type { KeptStudy, NestedEstimate, StudyChange, StudyState, StudyTrial } from '../../core/study/state.js';
import { jsonBytes, pageEnd, PAYLOAD_BYTES } from '../../core/paging.js';
import { takeStep, type StudyStep } from '../../core/study/steps.js';
import { libraryTrial } from '../../core/study/index.js';
import { Choice, sayChoice } from './choice.js';
import { sayConstraint } from './figures.js';
import { nestedOf, optimismOf } from './optimism.js';

type Open<T> = { -readonly [K in keyof T]: T[K] };

/** How a trial came to its end. */
export interface TrialEnd {
  readonly state: 'complete' | 'pruned' | 'failed';
  readonly values?: readonly number[];
  readonly constraints?: readonly number[];
  readonly folds?: readonly number[];
  readonly spread?: number;
  readonly reason?: string;
  /** Milliseconds of computation. */
  readonly ms: number;
  readonly found: boolean;
  /** What it takes of the budget. */
  readonly cost: number;
}

/** Where a study runs, for what it publishes. */
export interface StudyPlace {
  readonly run: string;
  readonly name: string;
  readonly seed: number;
  readonly now: number;
}

/**
 * What a study knows: its trials as people see them, at once, and as the library's study knows them, told in their
 * order. Everything that continue-as-new, a growing resume and the report need is in `kept()`.
 */
export class StudyBook {
  readonly ask: StudyAsk;
  readonly trials: Open<StudyTrial>[] = [];
  /** By trial: the number of trials that it was suggested and is judged by. */
  readonly before: number[] = [];
  readonly changes: StudyChange[] = [];
  /** Of a nested estimate: outer folds that are over. */
  readonly outer: NestedEstimate['folds'] = [];
  status: StudyState['status'] = 'searching';
  /** Why no more trials are begun. */
  ended: string | null = null;
  told = 0;
  cost = 0;
  /** Trials in all, as asked or grown. */
  planned: number | undefined;
  endedAt: number | undefined;
  /** What the best trial told so far gave. */
  outputs: KeptStudy['resume']['outputs'];
  readonly searched: Study;
  /** What was done to it since it was last asked for a suggestion: whoever asks takes them out. */
  readonly steps: StudyStep[] = [];
  readonly #place: StudyPlace;
  readonly #startedAt: number;
  readonly #choice: Choice;

  constructor(ask: StudyAsk, place: StudyPlace, kept: KeptStudy | null) {
    this.ask = ask;
    this.#place = place;
    this.planned = ask.trials;
    this.#startedAt = place.now;
    if (!kept) {
      this.searched = studyOf(ask, place.seed) as Study;
      this.#choice = new Choice(ask, []);
      return;
    }
    if (kept.resume.asked !== askedDigest(ask))
      throw new TrainyardError('TY-STUDY', {
        what: `the study ${kept.run} searched otherwise: another space, sampler, pruner or objective`,
        where: { run: kept.run },
        remedy: 'run it anew: trials that are equal are found',
      });
    const { told, before, study } = kept.resume;
    const same = kept.run === place.run;
    this.told = told;
    this.outputs = kept.resume.outputs;
    this.cost = kept.spent.cost;
    this.planned = kept.budget.trials ?? ask.trials;
    this.#startedAt = same ? kept.startedAt : place.now;
    this.before.push(...before);
    this.changes.push(...kept.changes);
    this.trials.push(...kept.trials.map((trial) => (trial.number < told ? trial : reopened(trial))));
    this.searched = Study.fromJSON({ ...study, trials: this.trials.map(libraryTrial) });
    this.#choice = new Choice(ask, this.trials);
    if (same) this.outer.push(...(kept.nested?.folds ?? []));
    // A study that ended otherwise goes on with what was under way.
    if (same) this.status = kept.status === 'paused' ? 'paused' : 'searching';
  }

  /** Takes a suggestion as the next trial. */
  begin(proposal: Parameters<Study['accept']>[0], now: number): Open<StudyTrial> {
    this.#take({ begin: proposal });
    const { number } = proposal;
    const { params } = this.searched.trials[number] as StudyTrial;
    const trial: Open<StudyTrial> = {
      number,
      params,
      state: 'running',
      reports: [],
      by: proposal.by,
      startedAt: now,
    };
    this.trials.push(trial);
    this.before.push(this.told);
    return trial;
  }

  /** Whether the pruner stops a trial that has reported this; by what was told when it was suggested. */
  judge(number: number, reports: StudyTrial['reports']): boolean {
    return this.searched.judge(number, reports, this.before[number] ?? 0);
  }

  /** A trial has ended: people see it at once, the library is told in order. */
  end(number: number, end: TrialEnd, now: number): void {
    const { cost, ...known } = end;
    const trial = this.trials[number] as StudyTrial;
    Object.assign(trial, known, { endedAt: now });
    this.#choice.add(trial);
    this.cost += cost;
  }

  /** Tells the library how its next trial ended. */
  tell(): void {
    this.#take({ tell: libraryTrial(this.trials[this.told] as StudyTrial) });
    this.told++;
  }

  /** A configuration that goes before all others. */
  enqueue(params: StudyTrial['params']): void {
    this.#take({ enqueue: params });
  }

  /** Plans another number of trials in all. */
  plan(trials: number): void {
    this.planned = trials;
    this.#take({ plan: trials });
  }

  #take(step: StudyStep): void {
    takeStep(this.searched, step);
    this.steps.push(step);
  }

  /** The chosen trial so far. */
  get best(): StudyTrial | undefined {
    return this.#choice.best;
  }

  /** Id of its Workflow. */
  get run(): string {
    return this.#place.run;
  }

  /** What the study publishes, with its trials from one on: as many as fit into an answer. */
  page(now: number, from: number): StudyState {
    const state = this.state(now);
    const room = PAYLOAD_BYTES - jsonBytes({ ...state, trials: [] });
    const to = pageEnd(this.trials, from, Math.max(0, room));
    return { ...state, trials: this.trials.slice(from, to), next: to < this.trials.length ? to : null };
  }

  /** What the study publishes, with all its trials. */
  state(now: number): StudyState {
    const { ask, trials } = this;
    const of = (state: StudyTrial['state']): number => trials.filter((trial) => trial.state === state).length;
    const best = this.best;
    const over = this.endedAt !== undefined;
    return {
      format: 1,
      run: this.#place.run,
      name: this.#place.name,
      target: ask.target.name,
      space: { ...ask.space },
      status: this.status,
      objectives: [...ask.objectives],
      constraints: ask.constraints.map((one) => ({ name: one.name, at: one.at, expected: sayConstraint(one) })),
      sampler: ask.sampler.name,
      pruner: ask.pruner.name,
      parallel: ask.parallel,
      budget: {
        ...(this.planned === undefined ? {} : { trials: this.planned }),
        ...(ask.timeMs === undefined ? {} : { timeMs: ask.timeMs }),
        ...(ask.cost === undefined ? {} : { cost: ask.cost.most }),
      },
      spent: { trials: trials.length, timeMs: this.elapsed(now), cost: this.cost },
      counts: {
        running: of('running'),
        complete: of('complete'),
        pruned: of('pruned'),
        failed: of('failed'),
        found: trials.filter(({ found }) => found).length,
      },
      best: best?.number ?? null,
      front: this.#choice.front.map(({ number }) => number),
      choice: sayChoice(ask),
      ended: this.ended,
      notes: [...this.searched.notes],
      changes: [...this.changes],
      optimism: over && best ? optimismOf(ask, trials, best) : null,
      nested: nestedOf(ask, this.outer),
      startedAt: this.#startedAt,
      ...(over ? { endedAt: this.endedAt } : {}),
      trials,
      next: null,
    };
  }

  /** Milliseconds since it began. */
  elapsed(now: number): number {
    return (this.endedAt ?? now) - this.#startedAt;
  }

  /** Everything, as the store keeps it. */
  kept(now: number): KeptStudy {
    const { trials: _, ...study } = this.searched.toJSON();
    return {
      ...this.state(now),
      resume: {
        study: { ...study },
        before: [...this.before],
        told: this.told,
        asked: askedDigest(this.ask),
        ...(this.outputs === undefined ? {} : { outputs: this.outputs }),
      },
    };
  }
}

/** What two studies must share for one to go on from the other: all but how long they go on, and how many side by side. */
function askedDigest({
  target,
  space,
  restrictions,
  sampler,
  pruner,
  objectives,
  constraints,
  rungs,
  folds,
}: StudyAsk): string {
  return digestText(
    canonical({ target, space, restrictions, sampler, pruner, objectives, constraints, rungs, folds: folds?.length }),
  );
}

/** A trial whose end the library was not told yet is run again: what had finished of it is found. */
function reopened({ number, params, by, startedAt }: StudyTrial): StudyTrial {
  return { number, params, by, startedAt, state: 'running', reports: [] };
}
