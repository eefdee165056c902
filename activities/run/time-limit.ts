import { sayDuration } from '../../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import { TIMEOUT_GRACE_MS, type NodeTask } from '../../core/task.js';

/**
 * The time that one attempt of a node may take. It is kept here, not by Temporal, which waits a little longer: a node
 * that takes too long has failed by itself, so that it counts among its attempts and its process is ended.
 */
export class TimeLimit {
  readonly #stop = new AbortController();
  readonly #cancelled: AbortSignal;
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;
  #isUp = false;

  /** `startToCloseMs` is what Temporal allows: the node's time and the grace. */
  constructor(startToCloseMs: number, cancelled: AbortSignal) {
    this.#cancelled = cancelled;
    // By hand: `AbortSignal.any` is slow, and this is made for every node.
    cancelled.addEventListener('abort', this.#cancel, { once: true });
    if (cancelled.aborted) this.#cancel();
    // A timer of Node takes 31 bits: a longer limit is left to Temporal.
    this.#ms = Math.min(startToCloseMs - TIMEOUT_GRACE_MS, 2 ** 31 - 1);
  }

  /** The node begins: to wait for a device is not its own time. */
  begin(): void {
    this.#timer ??= setTimeout(() => {
      this.#isUp = !this.signal.aborted;
      this.#stop.abort();
    }, this.#ms);
  }

  /** Aborted when the node is cancelled, or its time is up. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** How long it is. */
  get ms(): number {
    return this.#ms;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#cancelled.removeEventListener('abort', this.#cancel);
  }

  readonly #cancel = (): void => this.#stop.abort(this.#cancelled.reason);
}

/** What a node failed with that was given up after `ms`. */
export function tookTooLong(task: NodeTask, attempt: number, ms: number): TrainyardError {
  return new TrainyardError('TY-NODE-TIMEOUT', {
    what: `${task.node} was ended: it took longer than its time limit`,
    where: { node: task.node, run: task.run.id, attempt },
    expected: `at most ${sayDuration(ms)} for one attempt`,
    remedy: 'raise timeout in its contract or in the call, or give it less to do',
  });
}
