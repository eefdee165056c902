import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrainyardError } from '../core/errors/index.js';
import type { Json } from '../core/json.js';

/** A row as the server shows it to a reviewer. */
export interface ReviewRow {
  readonly item: number;
  /** Identity of the row in its table. */
  readonly row: string;
  /** The label that it has; null where it has none. */
  readonly given: string | null;
  readonly cells: { readonly [column: string]: Json };
}

export interface ReviewerOptions {
  /** Address of the server, such as `http://127.0.0.1:8800`. */
  readonly url: string;
  readonly key: string;
  /** Id of the review: its Workflow id. */
  readonly review: string;
  /** Name on the record. */
  readonly reviewer: string;
  /** The label of a row, and a note if need be. */
  readonly decide: (row: ReviewRow) => { readonly label: string; readonly note?: string };
  readonly signal?: AbortSignal;
}

interface Reply {
  readonly settled: number;
  readonly total: number;
  readonly items: readonly ReviewRow[];
}

/** Longest silence of the server that is waited out, in ms. */
const PATIENCE_MS = 30_000;

/**
 * A program that reviews labels over the same HTTP interface that the page for people uses; ends when nothing is left
 * for it, and says how many rows it answered for. What meets a server that is away is sent again: it counts once.
 */
export async function reviewByProgram(options: ReviewerOptions): Promise<number> {
  const { reviewer, decide, signal } = options;
  const base = `${options.url}/api/reviews/${encodeURIComponent(options.review)}`;
  let answered = 0;
  let reply = await ask(options, `${base}/next?reviewer=${encodeURIComponent(reviewer)}&hold=1`);
  for (let row = reply.items[0]; row; row = reply.items[0]) {
    signal?.throwIfAborted();
    const begun = performance.now();
    const { label, note } = decide(row);
    reply = await ask(options, `${base}/answers`, {
      item: row.item,
      label,
      reviewer,
      ms: Math.round(performance.now() - begun),
      requestId: randomUUID(),
      hold: 1,
      ...(note === undefined ? {} : { note }),
    });
    answered++;
  }
  return answered;
}

async function ask({ key, signal }: ReviewerOptions, address: string, body?: object): Promise<Reply> {
  const begun = performance.now();
  for (let pause = 100; ; pause = Math.min(2 * pause, 2000)) {
    signal?.throwIfAborted();
    const answer = await fetch(address, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(signal ? { signal } : {}),
    }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      return undefined;
    });
    if (answer?.ok) return (await answer.json()) as Reply;
    if (answer && answer.status < 500) {
      const problem = (await answer.json()) as { detail?: string; remedy?: string };
      throw new TrainyardError('TY-REVIEW-ANSWER', {
        what: problem.detail ?? `the server answered ${answer.status}`,
        ...(problem.remedy === undefined ? {} : { remedy: problem.remedy }),
      });
    }
    if (performance.now() - begun > PATIENCE_MS) {
      throw new TrainyardError('TY-REVIEW-ANSWER', {
        what: `the server at ${new URL(address).origin} did not answer for ${PATIENCE_MS / 1000} s`,
        remedy: 'start it with trainyard dev',
      });
    }
    await sleep(pause, undefined, signal ? { signal } : {});
  }
}
