import { UserError } from '@trainyard/errors';
import { Study, type AnyConfiguration } from 'ml-hyperparameter';
import { sayDuration } from '../../../core/index.js';
import { heldOf, type Candidate, type Held } from './candidate.js';
import { packState, unpackState, type Tried } from './checkpoint.js';
import type { BestRecord } from './contract.js';
import { answersOf, fitOn } from './fit.js';
import type { SearchOptions } from './search-options.js';
import { baseline, type Learner, type Params } from './learners/index.js';
import { lossOf } from './metrics.js';
import { studyOf } from './study.js';

/** Candidates whose answers and models are kept. */
const LIBRARY = 16;
/** A candidate goes on while it is among so many of the best on the folds so far. */
const RACE = 6;
/** Share of the time left that one candidate may take. */
const SHARE = 0.4;
/** Candidates that time is too short for, one after the other, after which the search ends. */
const SHORT = 6;
/** A checkpoint costs at most this share of the time. */
const CHECKPOINT_SHARE = 0.05;

type Outcome = 'finished' | 'stopped' | 'failed' | 'late';

/** Tries candidates on all folds, one after the other, as a study proposes them or a record names them. */
export class Search {
  readonly candidates: Candidate[] = [];
  /** Labels of the rows held out, fold after fold. */
  labels: Float64Array = new Float64Array();
  ended = '';
  #tried = { stopped: 0, failed: 0, late: 0 };
  #study!: Study<AnyConfiguration>;
  /** Why the last one failed. */
  #reason = '';
  #savedAt = performance.now();
  #saving = 0;

  constructor(readonly options: SearchOptions) {}

  get tried(): Tried {
    return this.#tried;
  }

  async run(): Promise<void> {
    const { record, ctx } = this.options;
    await this.#takeUp();
    if (!this.#study) this.#study = await studyOf(this.options);
    if (this.candidates.length === 0) await this.#first();
    if (record) await this.#repeat(record);
    else await this.#look();
    ctx.log(`${this.candidates.length} candidates were tried on all folds; the search ended, as ${this.ended}`);
  }

  async #takeUp(): Promise<void> {
    const { ctx, fingerprint, account, lessons } = this.options;
    const bytes = await ctx.checkpoint.load();
    const saved = bytes && unpackState(bytes, fingerprint);
    if (saved && 'refused' in saved)
      ctx.log(`a checkpoint was not taken up, as ${saved.refused}; the search begins anew`);
    if (!saved || 'refused' in saved) return;
    account.carry(saved.spent);
    this.candidates.push(...saved.candidates);
    this.#tried = { ...saved.tried };
    this.#study = Study.fromJSON(saved.study);
    this.labels = saved.labels;
    lessons.know(saved.transforms, saved.left);
    ctx.log(`taken up after ${this.candidates.length} candidates`);
  }

  /** The baseline comes before all: there is a model from then on. */
  async #first(): Promise<void> {
    const outcome = await this.#try(baseline, {}, { must: true, most: undefined });
    if (outcome === 'finished') return;
    const { account, lessons, task } = this.options;
    if (outcome !== 'late')
      throw new UserError(`even the simplest model, which looks at no feature, cannot be measured: ${this.#reason}`, {
        where: { port: 'table', column: task.label },
        remedy: 'look for extreme values in the target, or choose another metric',
      });
    throw new UserError('the time was over before even the simplest model was tried on all folds', {
      where: { field: 'minutes' },
      expected: `more than ${sayDuration(account.seconds * 1000)}`,
      actual: account.budget === undefined ? 'no budget' : sayDuration(account.budget * 1000),
      remedy: `give more minutes, ask for fewer folds than ${lessons.count}, or a sample of the rows; it went to: ${account.say()}`,
    });
  }

  /** What a record names, in its order, to the same rounds. */
  async #repeat(record: BestRecord): Promise<void> {
    // The first of a record is the baseline.
    for (const [at, { learner: name, params, rounds }] of record.candidates.entries()) {
      if (at < this.candidates.length) continue;
      const learner = this.options.learners.find((one) => one.name === name);
      if (!learner)
        throw new UserError(`the record names a learner "${name}", which is not here`, { where: { port: 'record' } });
      const outcome = await this.#try(learner, params, { must: true, most: rounds });
      if (outcome !== 'finished')
        throw new UserError(
          `candidate ${at + 1} of the record could not be trained again: ${outcome === 'failed' ? this.#reason : outcome}`,
          {
            where: { port: 'record' },
            remedy: 'leave minutes out, where a record says what to do',
          },
        );
    }
    this.ended = 'all that the record names was tried again';
  }

  async #look(): Promise<void> {
    const { learners, trials, account } = this.options;
    const begun = new Set<string>(this.#study.trials.map(({ params }) => String(params['learner'])));
    let short = 0;
    while (!this.ended) {
      if (this.#study.trials.length >= trials) this.ended = `all ${trials} trials were done`;
      else if (this.#left() <= 0) this.ended = 'the time was over';
      else if (short >= SHORT) this.ended = 'no time was left for another candidate';
      if (this.ended) break;
      const { number, params: asked } = await account.during('search', () => this.#study.ask());
      const { learner: name, ...params } = asked as Params;
      const learner = learners.find((one) => one.name === name)!;
      if (this.#quickest(learner) > this.#left()) {
        this.#study.fail(number, 'time is too short');
        this.#tried.late++;
        short++;
        continue;
      }
      const outcome = await this.#try(learner, params, {
        must: !begun.has(learner.name),
        most: undefined,
        trial: number,
      });
      begun.add(learner.name);
      short = outcome === 'late' ? short + 1 : 0;
      await this.#save();
    }
  }

  /** Seconds that candidates may still take. */
  #left(): number {
    const { account, reserve } = this.options;
    return account.left - reserve(this.candidates);
  }

  /** Seconds of the quickest candidate of a learner so far; 0 where there is none. */
  #quickest(learner: Learner): number {
    const known = this.candidates.filter((one) => one.learner === learner.name).map(({ seconds }) => seconds);
    return known.length === 0 ? 0 : Math.min(...known);
  }

  async #try(
    learner: Learner,
    params: Params,
    { must, most, trial }: { must: boolean; most: readonly (number | null)[] | undefined; trial?: number },
  ): Promise<Outcome> {
    const { account, lessons, metric, ctx } = this.options;
    const before = account.spent.search ?? 0;
    const end = account.seconds + Math.max(0, this.#left()) * (learner === baseline ? 1 : SHARE);
    const answers: Float32Array[] = [];
    const models: Held[] = [];
    const scores: number[] = [];
    const stopped: (number | null)[] = [];
    const done = (outcome: Outcome, reason?: string): Outcome => {
      if (outcome !== 'finished') this.#tried[outcome]++;
      this.#reason = reason ?? '';
      if (trial !== undefined && outcome === 'stopped') this.#study.prune(trial);
      if (trial !== undefined && (outcome === 'failed' || outcome === 'late'))
        this.#study.fail(trial, reason ?? outcome);
      return outcome;
    };
    try {
      for (let fold = 0; fold < lessons.count; fold++) {
        const lesson = await account.during('features', () => lessons.of(fold, learner.form));
        const held = lesson.held!;
        const share = (end - account.seconds) / (lessons.count - fold);
        const until = account.budget === undefined ? Infinity : account.seconds + share;
        const asked = { fold, rounds: undefined, most: most?.[fold] ?? undefined, late: () => account.seconds > until };
        const fitted = await account.during('search', () => fitOn(this.options, learner, params, lesson, asked));
        const given = await account.during('search', () => answersOf(fitted, this.options.task, lesson));
        answers.push(Float32Array.from(given));
        models.push(await heldOf(fitted));
        // Where a record says how far it went, that is how far it went.
        stopped.push(fitted.stopped ?? most?.[fold] ?? null);
        const view = metric.view(answers[fold]!, held.labels);
        scores.push(metric.of(view, held.labels));
        const far = meanOf(scores.map((score) => lossOf(metric, score)));
        if (trial !== undefined) this.#study.report(trial, fold, far);
        this.#say(learner, fold, scores[fold]!);
        if (!must && fold + 1 < lessons.count && this.#isBehind(scores)) return done('stopped');
      }
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (this.options.signal.aborted || (error as Error).message === 'time is over') return done('late');
      if (learner === baseline) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      ctx.log(`${learner.name} ${JSON.stringify(params)} failed: ${reason}`);
      return done('failed', reason);
    }
    if (this.labels.length === 0) this.labels = await this.#labelsOfFolds();
    const whole = joined(answers);
    const score = metric.of(metric.view(whole, this.labels), this.labels);
    if (!Number.isFinite(score)) return done('failed', `its score is ${score}`);
    if (trial !== undefined) this.#study.tell(trial, lossOf(metric, score));
    this.candidates.push({
      place: this.candidates.length,
      learner: learner.name,
      params,
      score,
      folds: scores,
      seconds: (account.spent.search ?? 0) - before,
      at: account.seconds,
      stopped,
      kept: { answers: whole, models },
    });
    this.#forget();
    const best = this.best;
    await ctx.report(this.candidates.length, { score: best.score });
    return done('finished');
  }

  async #labelsOfFolds(): Promise<Float64Array> {
    const { lessons } = this.options;
    const all: Float64Array[] = [];
    for (let fold = 0; fold < lessons.count; fold++) all.push((await lessons.of(fold, 'passed')).held!.labels);
    return Float64Array.from(all.flatMap((labels) => [...labels]));
  }

  /** Whether a candidate is behind those that lead on the same folds. */
  #isBehind(scores: readonly number[]): boolean {
    const { metric } = this.options;
    const farOf = (folds: readonly number[]): number =>
      meanOf(folds.slice(0, scores.length).map((score) => lossOf(metric, score)));
    const leaders = this.candidates.map(({ folds }) => farOf(folds)).sort((a, b) => a - b);
    return leaders.length >= RACE && farOf(scores) > leaders[RACE - 1]!;
  }

  /** Drops what is kept of candidates that are no longer among the best; the best of each learner stays. */
  #forget(): void {
    const ranked = this.ranked;
    const first = new Set(ranked.filter((one, i) => ranked.findIndex((other) => other.learner === one.learner) === i));
    let room = LIBRARY;
    for (const one of ranked) {
      if (!one.kept) continue;
      if (first.has(one) || room > 0) room--;
      else one.kept = undefined;
    }
  }

  /** By score, the best first; of equals the first tried. */
  get ranked(): Candidate[] {
    const { metric } = this.options;
    return [...this.candidates].sort((a, b) => lossOf(metric, a.score) - lossOf(metric, b.score) || a.place - b.place);
  }

  get best(): Candidate {
    return this.ranked[0]!;
  }

  #say(learner: Learner, fold: number, score: number): void {
    const { account, trials, ctx, lessons, metric, record } = this.options;
    const done = this.candidates.length;
    const byTime = account.budget === undefined ? 0 : account.seconds / account.budget;
    const planned = record ? record.candidates.length : trials;
    const byTrials = Number.isFinite(planned) ? (this.#study.trials.length + (record ? done : 0)) / (planned + 1) : 0;
    const best = done === 0 ? '' : `; best of ${done}: ${this.best.learner} ${this.best.score.toFixed(4)}`;
    const left = account.budget === undefined ? '' : `; ${sayDuration(Math.max(0, account.left) * 1000)} left`;
    ctx.progress(
      Math.min(0.99, Math.max(byTime, byTrials)),
      `${learner.name}, fold ${fold + 1} of ${lessons.count}: ${metric.name} ${score.toFixed(4)}${best}${left}`,
    );
  }

  /** Saves where the search stands, but not more often than it is worth. */
  async #save(): Promise<void> {
    const { ctx, account, fingerprint, lessons } = this.options;
    if (performance.now() - this.#savedAt < this.#saving / CHECKPOINT_SHARE) return;
    const began = performance.now();
    const state = {
      fingerprint,
      study: this.#study.toJSON(),
      candidates: this.candidates,
      tried: this.#tried,
      spent: account.spent,
      labels: this.labels,
      transforms: lessons.transforms,
      left: [...lessons.left],
    };
    await account.during('writing', () => ctx.checkpoint.save(packState(state)));
    this.#savedAt = performance.now();
    this.#saving = this.#savedAt - began;
  }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
