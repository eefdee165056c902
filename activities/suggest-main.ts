import { parentPort } from 'node:worker_threads';
import { Study } from 'ml-hyperparameter';
import type { Json } from '../core/json.js';
import type { SuggestionAnswer, SuggestionAsk } from './suggest.js';

/** The thread in which studies suggest. */
parentPort?.on('message', ({ id, study }: SuggestionAsk) => {
  let answer: SuggestionAnswer;
  try {
    const proposal = JSON.parse(JSON.stringify(Study.fromJSON(study).propose())) as Json;
    answer = { id, proposal };
  } catch (error) {
    answer = { id, failed: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
