import type { Json } from '../../core/json.js';

/**
 * Moments between the engine's own steps at which a worker may die and nothing may be lost. In the life of a node:
 * `reserved`, `before-compute`, `outputs-stored` (nothing recorded yet), `recorded` (not yet found by others),
 * `committed` (Temporal does not know yet). Of a run: while results are looked up, while the journal for
 * continue-as-new or a study is saved, while the graph is saved. Of a durable process: before a page of its facts is kept,
 * and after, when it does not know yet; before a receiver is told of an event, and after, when nobody knows yet.
 */
export type CrashPoint =
  | 'reserved'
  | 'before-compute'
  | 'outputs-stored'
  | 'recorded'
  | 'committed'
  | 'looking-up'
  | 'saving-journal'
  | 'saving-study'
  | 'saving-graph'
  | 'keeping-page'
  | 'page-kept'
  | 'sending-event'
  | 'event-sent';

/** What is at work when a point is passed. */
export interface AtWork {
  readonly run: string;
  readonly node?: string;
  readonly params?: Json;
}

type Listener = (point: CrashPoint, at: AtWork) => void;

let listener: Listener | undefined;

/** A point of the engine is passed. Nothing happens but where a process of a test listens, to die there. */
export function crashPoint(point: CrashPoint, at: AtWork): void {
  listener?.(point, at);
}

/** Sets what is told of each point that this process passes. */
export function onCrashPoint(listen: Listener): void {
  listener = listen;
}
