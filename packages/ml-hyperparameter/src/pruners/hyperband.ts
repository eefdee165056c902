import { SearchError } from '../errors.js';
import { generator } from '../random.js';
import type { Observation } from '../study/trial.js';
import { failsRung } from './asha.js';
import type { Pruner } from './contract.js';

/** The brackets of Hyperband. */
export interface HyperbandOptions {
  /** Step of a full training. */
  readonly max: number;
  /** Step of the first rung of the most eager bracket (default 1). */
  readonly min?: number;
  /** One in `eta` goes on from each rung (default 3). */
  readonly eta?: number;
}

/**
 * Several successive halvings that begin to judge later and later, as a hedge against early values that mislead.
 * A trial's bracket follows from the study's seed and its number, brackets drawn so that each spends about as much.
 * Source: Li et al., Hyperband (2018); shares of brackets as in Falkner et al., BOHB (2018).
 */
export function hyperbandPruner(options: HyperbandOptions): Pruner {
  const { max, min = 1, eta = 3 } = options;
  if (!(max > min) || !(min > 0) || !(eta > 1)) {
    throw new SearchError('MLH-BAD-OPTION', 'hyperband has no room for rungs', {
      expected: '0 < min < max and eta > 1',
      actual: `min ${min}, max ${max}, eta ${eta}`,
    });
  }
  const starts: number[] = [];
  for (let rung = min; rung <= max * (1 + 1e-9); rung *= eta) starts.push(rung);
  let power = 1;
  const shares = starts
    .map((_, k) => {
      const share = Math.ceil((starts.length * power) / (k + 1));
      power *= eta;
      return share;
    })
    .reverse();
  const bracketOf = (t: Observation, seed: number): number => generator(seed, 'bracket', t.number).weighted(shares);
  return {
    name: 'hyperband',
    shouldPrune: (view) => {
      const { trial, history, seed } = view;
      const bracket = bracketOf(trial, seed);
      const peers = history.filter((t) => t.curve.length > 0 && bracketOf(t, seed) === bracket);
      return failsRung(view, peers, starts[bracket] as number, eta, max);
    },
  };
}
