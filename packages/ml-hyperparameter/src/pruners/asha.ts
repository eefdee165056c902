import { SearchError } from '../errors.js';
import type { Observation } from '../study/trial.js';
import type { Pruner, PrunerView } from './contract.js';

/** The rungs of successive halving: `min`, `min·eta`, `min·eta²`, … */
export interface AshaOptions {
  /** Step of the first rung (default 1). */
  readonly min?: number;
  /** One in `eta` goes on from each rung (default 3). */
  readonly eta?: number;
  /** Step of a full training: no rung stands there or beyond (default: none). */
  readonly max?: number;
}

/** The loss with which a trial passed a rung: its first report at or after the rung's step. */
export function lossAtRung(trial: Observation, rung: number): number | undefined {
  return trial.curve.find(([step]) => step >= rung)?.[1];
}

/**
 * Asynchronous successive halving: at each rung a trial goes on if it is among the best 1/eta of those that have
 * reached the rung, itself included; while fewer than eta have, if it is the best.
 * Source: Li et al., A system for massively parallel hyperparameter tuning (2020), in the variant that stops trials.
 */
export function ashaPruner(options: AshaOptions = {}): Pruner {
  const { min = 1, eta = 3, max = Infinity } = options;
  if (!(min > 0))
    throw new SearchError('MLH-BAD-OPTION', 'the first rung of asha is not positive', {
      expected: 'min > 0',
      actual: String(min),
    });
  if (!(eta > 1))
    throw new SearchError('MLH-BAD-OPTION', 'asha cannot keep more than it is given', {
      expected: 'eta > 1',
      actual: String(eta),
    });
  return { name: 'asha', shouldPrune: (view) => failsRung(view, view.history, min, eta, max) };
}

/** Whether the trial's newest report takes it to a rung that it does not pass. */
export function failsRung(
  { trial, held = false }: Pick<PrunerView, 'trial' | 'held'>,
  peers: readonly Observation[],
  min: number,
  eta: number,
  max: number,
): boolean {
  const last = trial.curve[trial.curve.length - 1];
  if (last === undefined) return false;
  if (last[1] === Infinity) return true;
  for (let rung = min; rung <= last[0] && rung < max; rung *= eta) {
    const own = lossAtRung(trial, rung) as number;
    const losses: number[] = [];
    for (const t of peers) {
      const loss = lossAtRung(t, rung);
      if (loss !== undefined) losses.push(loss);
    }
    losses.sort((a, b) => a - b);
    const cut = losses[Math.max(0, Math.floor(losses.length / eta) - 1)] as number;
    // A rung passed earlier is not judged again: only the one that the newest report reached, unless it was overruled.
    const before = trial.curve[trial.curve.length - 2];
    if ((held || before === undefined || before[0] < rung) && own > cut) return true;
  }
  return false;
}
