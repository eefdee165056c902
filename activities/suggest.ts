import { Worker } from 'node:worker_threads';
import type { Json } from '../core/json.js';
import { compiled } from '../project/package-root.js';

/** What goes to the thread that suggests, and what comes back. */
export interface SuggestionAsk {
  readonly id: number;
  readonly study: Json;
}
export type SuggestionAnswer =
  { readonly id: number; readonly proposal: Json } | { readonly id: number; readonly failed: string };

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, { done: (proposal: Json) => void; failed: (error: Error) => void }>;
}

let thread: Thread | undefined;
let asked = 0;

/**
 * The next configuration of a study, computed in a thread of its own: the worker's own thread must keep answering
 * Temporal. The same study gives the same answer, so trying again is harmless.
 */
export function suggestBeside(study: Json): Promise<Json> {
  const { worker, waiting } = (thread ??= start());
  const id = ++asked;
  return new Promise<Json>((done, failed) => {
    waiting.set(id, { done, failed });
    worker.postMessage({ id, study } satisfies SuggestionAsk);
  });
}

function start(): Thread {
  const worker = new Worker(compiled('activities', 'suggest-main.js'));
  const waiting: Thread['waiting'] = new Map();
  worker.on('message', (answer: SuggestionAnswer) => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('proposal' in answer) one?.done(answer.proposal);
    else one?.failed(new Error(answer.failed));
  });
  const end = (error: Error): void => {
    thread = undefined;
    for (const { failed } of waiting.values()) failed(error);
  };
  worker.on('error', end);
  worker.on('exit', () => end(new Error('the thread that suggests has ended')));
  // An idle thread keeps no worker alive.
  worker.unref();
  return { worker, waiting };
}
