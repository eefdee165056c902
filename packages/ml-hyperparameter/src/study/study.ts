import { SearchError, show } from '../errors.js';
import { makePruner, type Pruner } from '../pruners/index.js';
import { generator } from '../random.js';
import { makeSampler, type Json, type Sampler } from '../samplers/index.js';
import { Domain, type AnyConfiguration } from '../space/index.js';
import { checkCount } from './counts.js';
import { readStudy, type StudyJson } from './json.js';
import { violationOf, type Draft, type MutableObservation } from './records.js';
import { readResult, type Result } from './results.js';
import type { Objective, Observation, Trial, TrialState } from './trial.js';

/** A trial just asked. */
export interface AskedTrial<C> {
  readonly number: number;
  readonly params: C;
}

/** A suggestion that no study has taken yet. Plain JSON. */
export interface Proposal<C> extends AskedTrial<C> {
  readonly by: string;
  readonly note?: string;
  readonly memory?: Json;
}

/** Samplers and pruners of your own, by name, for a study that comes back from JSON. */
export interface OwnParts {
  readonly samplers?: readonly Sampler[];
  readonly pruners?: readonly Pruner[];
}

/**
 * A search: ask for a configuration, try it, tell what it came to. Everything that it knows is in `toJSON()`; a study
 * made from that goes on exactly as this one would. Calls are synchronous; a study is used by one caller at a time.
 */
export class Study<C = AnyConfiguration> {
  readonly objectives: readonly Objective[];
  /** The space, flattened. */
  readonly domain: Domain;
  private readonly sampler: Sampler;
  private readonly pruner: Pruner;
  private readonly json: StudyJson;
  private readonly drafts: Draft<C>[];
  private readonly history: MutableObservation[];
  private readonly queue: AnyConfiguration[];
  private readonly noted: { trial: number; text: string }[];
  private memory: Json | undefined;
  private budget: number | undefined;
  private drawn: number;

  /** Use `createStudy` or `Study.fromJSON`. */
  constructor(json: StudyJson, own: OwnParts = {}) {
    this.json = json;
    this.objectives = json.objectives;
    this.domain = new Domain(json.space, json.restrictions);
    this.sampler = own.samplers?.find((s) => s.name === json.sampler.name) ?? makeSampler(json.sampler);
    this.pruner = own.pruners?.find((p) => p.name === json.pruner.name) ?? makePruner(json.pruner);
    this.drafts = json.trials.map((t) => ({ ...t, reports: t.reports.slice() }) as Draft<C>);
    this.history = [...json.past, ...json.trials].map((t, i) => this.observe(t, i - json.past.length));
    this.queue = json.queue.slice();
    this.noted = json.notes.map((note) => ({ ...note }));
    this.memory = json.memory;
    this.budget = json.budget;
    this.drawn = json.trials.filter((t) => t.by !== 'given').length;
  }

  private observe(t: Trial, number: number): MutableObservation {
    return {
      number,
      point: this.domain.pointOf(t.params as AnyConfiguration),
      state: t.state,
      losses: t.values?.map((v, i) => this.lossOf(v, i)),
      violation: violationOf(t.constraints),
      constraints: t.constraints ?? [],
      curve: t.reports.map(([step, value]) => [step, value === null ? Infinity : this.lossOf(value, 0)] as const),
    };
  }

  private lossOf(value: number, objective: number): number {
    return this.objectives[objective]?.direction === 'maximize' ? -value : value;
  }

  /** All trials by number. */
  get trials(): readonly Trial<C>[] {
    return this.drafts;
  }

  /** This study's trials in coordinates and losses, as samplers see them. */
  get observations(): readonly Observation[] {
    return this.history.slice(this.json.past.length);
  }

  /** Sentences about what the sampler decided, by trial. */
  get notes(): readonly { readonly trial: number; readonly text: string }[] {
    return this.noted;
  }

  /** The next configuration to try. Never blocks on trials that still run. */
  ask(): AskedTrial<C> {
    return this.accept(this.propose());
  }

  /**
   * What `ask` would do, without doing it: the slow part alone. Plain JSON, so that it can be computed elsewhere, from
   * this study's JSON, and accepted here.
   */
  propose(): Proposal<C> {
    this.checkHope();
    const number = this.drafts.length;
    const queued = this.queue[0];
    if (queued !== undefined) return { number, params: queued as C, by: 'given' };
    const { point, by, note, memory } = this.sampler.suggest({
      domain: this.domain,
      seed: this.json.seed,
      number,
      drawn: this.drawn,
      random: generator(this.json.seed, 'trial', number),
      history: this.history,
      objectives: this.objectives.length,
      budget: this.budget,
      parallel: this.json.parallel,
      memory: this.memory,
    });
    const params = this.domain.configurationAt(point) as C;
    return {
      number,
      params,
      by: by ?? this.sampler.name,
      ...(note === undefined ? {} : { note }),
      ...(memory === undefined ? {} : { memory }),
    };
  }

  /** Makes a proposal for this study, as it is now, its next trial. */
  accept(proposal: Proposal<C>): AskedTrial<C> {
    const number = this.drafts.length;
    if (proposal.number !== number) {
      throw new SearchError('MLH-STALE-PROPOSAL', 'a proposal is not for the next trial', {
        expected: `trial ${number}`,
        actual: `trial ${show(proposal.number)}`,
        remedy: 'Accept each proposal before asking for another.',
      });
    }
    const point = this.domain.pointOf(proposal.params as AnyConfiguration);
    if (proposal.by === 'given') this.queue.shift();
    else {
      this.memory = proposal.memory;
      this.drawn++;
    }
    if (proposal.note !== undefined) this.noted.push({ trial: number, text: proposal.note });
    this.start(point, proposal.by);
    return { number, params: this.domain.configurationAt(point) as C };
  }

  private start(point: Float64Array, by: string): void {
    const number = this.drafts.length;
    const params = this.domain.configurationAt(point) as C;
    this.drafts.push({ number, params, state: 'running', reports: [], by });
    this.history.push({ number, point, state: 'running', losses: undefined, violation: 0, constraints: [], curve: [] });
  }

  /** `count` configurations at once, as for a batch that is tried side by side. */
  askMany(count: number): AskedTrial<C>[] {
    checkCount('count', count, 1);
    return Array.from({ length: count }, () => this.ask());
  }

  private checkHope(): void {
    const { giveUpAfter } = this.json;
    const failed = this.drafts.filter((t) => t.state === 'failed');
    if (failed.length < giveUpAfter || this.drafts.some((t) => t.state === 'complete' || t.state === 'pruned')) return;
    throw new SearchError('MLH-ALWAYS-FAILS', `all of the first ${failed.length} trials failed`, {
      actual: `first reason: ${failed[0]?.reason ?? 'none given'}`,
      remedy: 'Mend the objective, then go on with a new study; giveUpAfter sets how many failures are borne.',
    });
  }

  /**
   * Adds a configuration to try, as when a person adds a trial by hand: after those that already wait, first in, first
   * out, and before anything that the sampler suggests.
   */
  enqueue(params: C): void {
    this.queue.push(this.domain.toTry(params as AnyConfiguration));
  }

  /** Adds a trial that was run elsewhere, with its result. */
  add(params: C, result: Result): number {
    const number = this.drafts.length;
    this.start(this.domain.pointOf(params as AnyConfiguration), 'given');
    this.tell(number, result);
    return number;
  }

  /** What a running trial has reached at a step (a whole number ≥ 0; a step told again is overwritten). */
  report(trial: number, step: number, value: number): void {
    const draft = this.running(trial);
    checkCount('step', step, 0);
    if (typeof value !== 'number') {
      throw new SearchError('MLH-BAD-RESULT', 'a report is not a number', {
        at: `trial ${trial}`,
        actual: show(value),
      });
    }
    const seen = this.seen(trial);
    const at = draft.reports.findIndex(([s]) => s >= step);
    const fine = Number.isFinite(value);
    const place = at < 0 ? draft.reports.length : at;
    const replaced = draft.reports[place]?.[0] === step ? 1 : 0;
    draft.reports.splice(place, replaced, [step, fine ? value : null]);
    seen.curve.splice(place, replaced, [step, fine ? this.lossOf(value, 0) : Infinity]);
  }

  /**
   * Whether a running trial should stop now: the pruner says so, and the sampler has no use for its end. Asking changes
   * nothing; stopping is told by `prune`.
   */
  shouldPrune(trial: number): boolean {
    this.running(trial);
    return this.isStopped(this.seen(trial), this.history.slice(this.json.past.length));
  }

  /**
   * Whether the pruner would stop a running trial that had made these reports, looking at no other trial from number
   * `before` on: an answer that does not hang on which of the others happen to have ended. Changes nothing.
   */
  judge(trial: number, reports: readonly (readonly [step: number, value: number | null])[], before: number): boolean {
    this.running(trial);
    const curve = reports.map(([step, value]) => [step, value === null ? Infinity : this.lossOf(value, 0)] as const);
    const own = { ...this.seen(trial), curve };
    const others = this.history.slice(this.json.past.length).filter((t) => t.number < before && t.number !== trial);
    return this.isStopped(own, [...others, own]);
  }

  /** The pruner's word, unless the sampler still wants the trial's end. */
  private isStopped(trial: Observation, history: readonly Observation[]): boolean {
    const held = this.sampler.wants !== undefined;
    const view = { trial, history, seed: this.json.seed, domain: this.domain, held };
    return this.pruner.shouldPrune(view) && !(this.sampler.wants?.(view) ?? false);
  }

  /** What a trial came to. A value that is no finite number makes it a failed trial. */
  tell(trial: number, result: Result): void {
    const draft = this.running(trial);
    const { values, constraints } = readResult(this.objectives, result, `trial ${trial}`);
    const unusable = values.findIndex((v) => !Number.isFinite(v));
    if (unusable >= 0) {
      this.fail(trial, `the objective "${this.objectives[unusable]?.name}" was ${String(values[unusable])}`);
      return;
    }
    draft.state = 'complete';
    draft.values = values;
    if (constraints !== undefined) draft.constraints = constraints.slice();
    const seen = this.seen(trial);
    seen.state = 'complete';
    seen.losses = values.map((v, i) => this.lossOf(v, i));
    seen.violation = violationOf(constraints);
    seen.constraints = constraints?.slice() ?? [];
  }

  /** A trial broke. */
  fail(trial: number, reason: string): void {
    this.end(trial, 'failed', reason);
  }

  /** A trial was stopped early; what it reported stays. */
  prune(trial: number, reason = 'pruned'): void {
    this.end(trial, 'pruned', reason);
  }

  private end(trial: number, state: TrialState, reason: string): void {
    const draft = this.running(trial);
    draft.state = state;
    draft.reason = reason;
    this.seen(trial).state = state;
  }

  private running(trial: number): Draft<C> {
    const draft = typeof trial === 'number' ? this.drafts[trial] : undefined;
    if (draft === undefined) {
      throw new SearchError('MLH-UNKNOWN-TRIAL', 'there is no such trial', {
        actual: show(trial),
        expected: this.drafts.length === 0 ? 'a trial that was asked; none was' : `0 to ${this.drafts.length - 1}`,
      });
    }
    if (draft.state !== 'running') {
      throw new SearchError('MLH-TOLD-TWICE', `trial ${trial} has already ended`, {
        expected: 'a running trial',
        actual: draft.state,
        remedy: 'Tell each trial once; report before you tell.',
      });
    }
    return draft;
  }

  private seen(trial: number): MutableObservation {
    return this.history[trial + this.json.past.length] as MutableObservation;
  }

  /** The complete trial with the best first objective among those that keep all constraints; `undefined` before any. */
  get best(): (Trial<C> & { readonly value: number }) | undefined {
    let best: Draft<C> | undefined;
    for (const t of this.drafts) {
      if (t.state !== 'complete' || violationOf(t.constraints) > 0) continue;
      if (best === undefined || this.lossOf(t.values?.[0] as number, 0) < this.lossOf(best.values?.[0] as number, 0))
        best = t;
    }
    return best === undefined ? undefined : { ...best, value: best.values?.[0] as number };
  }

  /** Plans more (or fewer) trials from now on. */
  plan(trials: number): void {
    checkCount('trials', trials, 1);
    this.budget = trials;
  }

  /** Everything the study knows, as plain JSON that shares nothing with the study. */
  toJSON(): StudyJson {
    return structuredCopy({
      ...this.json,
      ...(this.budget === undefined ? {} : { budget: this.budget }),
      queue: this.queue,
      trials: this.drafts as unknown as Trial[],
      notes: this.noted,
      ...(this.memory === undefined ? {} : { memory: this.memory }),
    });
  }

  /** The study of a `toJSON()`; samplers and pruners of your own are handed in again by name. */
  static fromJSON<C = AnyConfiguration>(json: unknown, own: OwnParts = {}): Study<C> {
    return new Study<C>(readStudy(json), own);
  }
}

function structuredCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
