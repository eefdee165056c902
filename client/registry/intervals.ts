import { countOf, itemsBetween } from '../../core/paged-list.js';
import type { Json } from '../../core/json.js';
import type { PlannedTraffic } from '../../core/traffic.js';
import { pageReader } from '../../store/index.js';
import {
  isAliasEvent,
  modelEventSchema,
  type AliasEvent,
  type ModelEvent,
  type ModelHead,
  type TrafficEvent,
} from '../../workflows/registry/contract.js';
import type { ModelReading } from './model-view.js';
import { getModelHead } from './models.js';

/** A time in which an alias stood at a version: kept for ever, whatever becomes of the version. */
export interface Interval {
  readonly alias: string;
  readonly version: number;
  /** ISO 8601, by the clock of the registry's Workflow. */
  readonly from: string;
  /** When it was moved away; null while it stands there. */
  readonly until: string | null;
  /** Who put it there, why, and on what evidence. */
  readonly by: string;
  readonly why: string;
  readonly evidence: Json;
  readonly what: 'moved' | 'rolled back';
  /** Line of the history that says so. */
  readonly line: number;
}

/** Lines that are read at once. */
const LINES = 200;

/**
 * Where an alias stood at a moment; undefined where it stood nowhere. Looks in the pages that it needs only, however
 * long the history is. Throws TY-MODEL-UNKNOWN where there is no such model.
 */
export async function standingAt(
  access: ModelReading,
  model: string,
  alias: string,
  at: Date,
): Promise<Interval | undefined> {
  const lines = new Lines(access, await getModelHead(access, model));
  const end = await lines.firstAfter(at.getTime());
  for (let to = end; to > 0; to -= LINES)
    for (const event of (await lines.between(to - LINES, to)).reverse())
      if (isAliasEvent(event) && event.alias === alias)
        return intervalOf(event, await lines.nextOf(alias, event.number));
  return undefined;
}

/** A time in which a traffic plan was in force. */
export interface TrafficInterval {
  readonly plan: PlannedTraffic;
  readonly from: string;
  readonly until: string | null;
  readonly by: string;
  readonly why: string;
  readonly evidence: Json;
  /** Line of the history that says so: the plan's number. */
  readonly line: number;
}

/** The traffic plan that was in force at a moment: which versions answered beside the champion. Undefined where none was. */
export async function trafficAt(access: ModelReading, model: string, at: Date): Promise<TrafficInterval | undefined> {
  const lines = new Lines(access, await getModelHead(access, model));
  const end = await lines.firstAfter(at.getTime());
  for (let to = end; to > 0; to -= LINES)
    for (const event of (await lines.between(to - LINES, to)).reverse()) {
      if (event.what !== 'traffic') continue;
      const { plan, at: from, by, why, evidence, number: line } = event;
      if (!plan) return undefined;
      return {
        plan,
        from,
        until: (await lines.next<TrafficEvent>(line, (one) => one.what === 'traffic'))?.at ?? null,
        by,
        why,
        evidence,
        line,
      };
    }
  return undefined;
}

export interface IntervalAsk {
  /** Of this alias only. */
  readonly alias?: string | undefined;
  /** At this version only. */
  readonly version?: number | undefined;
  /** Most intervals, the newest; default 100. */
  readonly most?: number | undefined;
}

/** Times in which aliases stood at versions, the newest first. Throws TY-MODEL-UNKNOWN where there is no such model. */
export async function intervalsOf(access: ModelReading, model: string, ask: IntervalAsk = {}): Promise<Interval[]> {
  const lines = new Lines(access, await getModelHead(access, model));
  const { most = 100 } = ask;
  const found: Interval[] = [];
  const left = new Map<string, AliasEvent>();
  for (let to = lines.count; to > 0 && found.length < most; to -= LINES)
    for (const event of (await lines.between(to - LINES, to)).reverse()) {
      if (!isAliasEvent(event)) continue;
      const interval = intervalOf(event, left.get(event.alias));
      left.set(event.alias, event);
      const { alias = event.alias, version = event.to } = ask;
      if (interval && event.alias === alias && event.to === version && found.length < most) found.push(interval);
    }
  return found;
}

function intervalOf(event: AliasEvent, next: AliasEvent | undefined): Interval | undefined {
  const { alias, to, at, by, why, evidence, what, number } = event;
  if (to === null) return undefined;
  return { alias, version: to, from: at, until: next?.at ?? null, by, why, evidence, what, line: number };
}

/** A model's history, read page by page. */
class Lines {
  readonly count: number;
  readonly #read: (from: number, to: number) => Promise<ModelEvent[]>;

  constructor({ store }: ModelReading, { history }: ModelHead) {
    this.count = countOf(history);
    const reader = pageReader(store, modelEventSchema);
    this.#read = (from, to) => itemsBetween(history, from, to, reader);
  }

  between(from: number, to: number): Promise<ModelEvent[]> {
    return this.#read(Math.max(0, from), to);
  }

  /** How many lines were written until a moment, it included: their times never go back. */
  async firstAfter(ms: number): Promise<number> {
    let low = 0;
    for (let high = this.count; low < high;) {
      const middle = (low + high) >> 1;
      const [event] = await this.#read(middle, middle + 1);
      if (Date.parse(event!.at) <= ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The first line after this one that moves the alias. */
  nextOf(alias: string, line: number): Promise<AliasEvent | undefined> {
    return this.next(line, (event) => isAliasEvent(event) && event.alias === alias);
  }

  /** The first line after this one that is such. */
  async next<E extends ModelEvent>(line: number, is: (event: ModelEvent) => boolean): Promise<E | undefined> {
    for (let from = line; from < this.count; from += LINES)
      for (const event of await this.#read(from, from + LINES)) if (is(event)) return event as E;
    return undefined;
  }
}
