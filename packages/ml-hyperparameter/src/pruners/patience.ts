import { SearchError } from '../errors.js';
import type { Pruner } from './contract.js';

/** How long a trial may stand still. */
export interface PatienceOptions {
  /** Reports without a new best after which it stops. */
  readonly patience: number;
  /** How much better a new best must be to count (default 0). */
  readonly least?: number;
}

/** Prunes a trial that stopped improving; with another pruner inside, only when that one agrees. */
export function patiencePruner(options: PatienceOptions, inner?: Pruner): Pruner {
  const { patience, least = 0 } = options;
  if (!Number.isSafeInteger(patience) || patience < 1) {
    throw new SearchError('MLH-BAD-OPTION', 'patience is not a whole number', {
      expected: 'at least 1',
      actual: String(patience),
    });
  }
  return {
    name: 'patience',
    shouldPrune: (view) => {
      const losses = view.trial.curve.map(([, loss]) => loss);
      if (losses.length <= patience) return false;
      const before = Math.min(...losses.slice(0, -patience));
      const recent = Math.min(...losses.slice(-patience));
      return !(recent < before - least) && (inner === undefined || inner.shouldPrune(view));
    },
  };
}
