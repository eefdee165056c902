import { homeHandle, type ProjectAccess } from '../../client/homes.js';
import { monitorId } from '../../core/ids.js';
import { projectOfQueue } from '../../core/queues.js';
import { MONITOR } from '../../workflows/monitor/contract.js';

/** A monitor hears of new rows at most this often, in milliseconds. */
const EVERY_MS = 1000;
/** Longest wait for Temporal, in milliseconds. */
const NUDGE_MS = 2000;

/**
 * Tells monitors that rows or outcomes have arrived, so that they need not wait for their timer: after every `rows`
 * of them, and when fewer have waited for a while. Best effort: a monitor also looks by itself.
 */
export class Nudge {
  readonly #access: ProjectAccess;
  readonly #rows: number;
  readonly #pending = new Map<string, { rows: number; last: number; timer: NodeJS.Timeout | undefined }>();

  constructor(access: ProjectAccess, rows: number) {
    this.#access = access;
    this.#rows = rows;
  }

  /** So many rows of an endpoint have come to Redis. */
  count(endpoint: string, rows: number): void {
    let pending = this.#pending.get(endpoint);
    if (!pending) this.#pending.set(endpoint, (pending = { rows: 0, last: -Infinity, timer: undefined }));
    pending.rows += rows;
    const wait = Math.max(0, pending.last + EVERY_MS - performance.now());
    const soon = pending.rows >= this.#rows ? wait : EVERY_MS * 10;
    if (pending.timer && soon > wait) return;
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => this.#send(endpoint), soon).unref();
  }

  close(): void {
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
  }

  #send(endpoint: string): void {
    const pending = this.#pending.get(endpoint);
    if (!pending) return;
    Object.assign(pending, { rows: 0, last: performance.now(), timer: undefined });
    const { temporal, taskQueue } = this.#access;
    const signal = async (): Promise<void> =>
      (await homeHandle(this.#access, monitorId(projectOfQueue(taskQueue), endpoint))).signal(MONITOR.nudge);
    void temporal.withDeadline(Date.now() + NUDGE_MS, signal).catch(() => undefined);
  }
}
