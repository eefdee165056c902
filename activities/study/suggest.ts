import { Worker } from 'node:worker_threads';
import type { SuggestionAnswer, SuggestionAsk } from '../../core/study/steps.js';
import { compiled } from '../../project/package-root.js';

/** What goes to the thread that suggests, and what comes back. */
export interface ThreadAsk {
  readonly id: number;
  readonly ask: SuggestionAsk;
}
export type ThreadAnswer =
  { readonly id: number; readonly answer: SuggestionAnswer } | { readonly id: number; readonly failed: string };

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, { done: (answer: SuggestionAnswer) => void; failed: (error: Error) => void }>;
}

let thread: Thread | undefined;
let asked = 0;

/**
 * The next configuration of a study, computed in a thread of its own: the worker's own thread must keep answering
 * Temporal. The thread keeps doubles of the studies, so that a suggestion takes no longer than its sampler does. The
 * same study gives the same answer, so trying again is harmless.
 */
export function suggestBeside(ask: SuggestionAsk): Promise<SuggestionAnswer> {
  const { worker, waiting } = (thread ??= start());
  const id = ++asked;
  return new Promise((done, failed) => {
    waiting.set(id, { done, failed });
    worker.postMessage({ id, ask } satisfies ThreadAsk);
  });
}

function start(): Thread {
  const worker = new Worker(compiled('activities', 'study', 'suggest-main.js'));
  const waiting: Thread['waiting'] = new Map();
  worker.on('message', (answer: ThreadAnswer) => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('answer' in answer) one?.done(answer.answer);
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
