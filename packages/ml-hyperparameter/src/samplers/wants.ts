import { cdf } from '../numeric/normal.js';
import type { PrunerView } from '../pruners/contract.js';
import { Forecaster } from '../study/forecast.js';

/** The share of all trials that a model learns its optimum from. */
const TOP = 0.1;
/** Most trials that are counted so, however long the study: a model's good trials are few. */
const MOST = 12;
/** Below this chance of ending among them, the end of a trial is of no use to a model. */
const LEAST_CHANCE = 0.05;

/**
 * Whether a running trial may yet end among the best tenth, as far as its reports tell. A trial that may not is known
 * to be bad, and its exact end would change no suggestion; one that may must not be stopped, or a model learns who
 * starts fast instead of who ends well.
 */
export function mayEndAmongBest({ domain, history, trial }: PrunerView): boolean {
  const losses: number[] = [];
  let ended = 1;
  for (const t of history) {
    if (t.state === 'complete' && t.losses !== undefined && t.violation === 0) losses.push(t.losses[0] as number);
    if (t.state === 'complete' || t.state === 'pruned') ended++;
  }
  if (losses.length === 0 || trial.curve[trial.curve.length - 1]?.[1] === Infinity) return false;
  const guess = new Forecaster(domain, history).of(trial);
  if (guess === undefined) return true;
  losses.sort((a, b) => a - b);
  const place = Math.min(MOST, Math.ceil(TOP * ended), losses.length);
  const limit = losses[place - 1] as number;
  return guess.spread > 0 ? cdf((limit - guess.mean) / guess.spread) >= LEAST_CHANCE : guess.mean <= limit;
}
