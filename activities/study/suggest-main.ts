import { parentPort } from 'node:worker_threads';
import { SearchError, Study } from 'ml-hyperparameter';
import type { Json } from '../../core/json.js';
import { takeStep, type SuggestionAnswer, type SuggestionAsk } from '../../core/study/steps.js';
import type { ThreadAnswer, ThreadAsk } from './suggest.js';

/** Studies that are kept: those asked last. One that is asked again later is given whole. */
const KEPT = 16;

/** Doubles of studies by their names, each with the name of what it is now, the one asked last at the end. */
const doubles = new Map<string, { readonly study: Study; readonly is: string }>();

/** The thread in which studies suggest. */
parentPort?.on('message', ({ id, ask }: ThreadAsk) => {
  let answer: ThreadAnswer;
  try {
    answer = { id, answer: suggest(ask) };
  } catch (error) {
    doubles.delete(ask.study);
    answer = { id, failed: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});

function suggest(ask: SuggestionAsk): SuggestionAnswer {
  const study = doubleOf(ask);
  if (!study) return { behind: true };
  doubles.delete(ask.study);
  doubles.set(ask.study, { study, is: ask.to });
  for (const eldest of [...doubles.keys()].slice(0, -KEPT)) doubles.delete(eldest);
  try {
    return { proposal: JSON.parse(JSON.stringify(study.propose())) as Json };
  } catch (error) {
    if (error instanceof SearchError) return { refused: true };
    throw error;
  }
}

/** The study as it is asked about; undefined where what is kept of it is not what the steps begin from. */
function doubleOf(ask: SuggestionAsk): Study | undefined {
  if ('whole' in ask) return Study.fromJSON(ask.whole);
  const kept = doubles.get(ask.study);
  // Asked once more, after an answer that did not arrive.
  if (kept?.is === ask.to) return kept.study;
  if (kept?.is !== ask.from) return undefined;
  for (const step of ask.steps) takeStep(kept.study, step);
  return kept.study;
}
