import { logGamma } from '@trainyard/numeric';
import type { Interval } from '../intervals.js';

/**
 * The ratio of a mixture's variance to that of an estimate for which the interval is narrowest (S. R. Howard, A. Ramdas, J. McAuliffe
 * and J. Sekhon, Annals of Statistics 2021, section 3.5; nearly).
 */
export function narrowestRatio(alpha: number): number {
  const twice = -2 * Math.log(alpha);
  return twice + Math.log(1 + twice);
}

/** How many standard errors an interval reaches, where the mixture's variance is `ratio` times that of the estimate. */
export function reach(alpha: number, ratio: number): number {
  return Math.sqrt((1 + 1 / ratio) * (-2 * Math.log(alpha) + Math.log(1 + ratio)));
}

/**
 * Interval of a difference that holds at all looks together with a chance of 1 − `alpha`, whenever one looks and stops: what the mixture
 * sequential probability ratio test does not refuse (H. Robbins 1970; R. Johari, P. Koomen, L. Pekelis and D. Walsh 2017). The mixture is
 * normal with the deviation `scale`, which must be fixed beforehand. `variance` is that of the estimate. Like all that goes by means it
 * holds for rows enough (I. Waudby-Smith and others, Annals of Statistics 2024).
 */
export function alwaysInterval(difference: number, variance: number, scale: number, alpha: number): Interval {
  if (!(variance > 0)) return [difference, difference];
  const half = reach(alpha, scale ** 2 / variance) * Math.sqrt(variance);
  return [difference - half, difference + half];
}

/**
 * How much better any other split explains `treatment` of `control + treatment` rows than `share` does, as a mixture over all of them:
 * under `share` it ever reaches 1/alpha with a chance of alpha at most, however often one looks (M. Lindon and A. Malek 2022).
 */
export function mismatchOdds(control: number, treatment: number, share: number): number {
  const logBeta = logGamma(treatment + 1) + logGamma(control + 1) - logGamma(control + treatment + 2);
  return Math.exp(Math.min(700, logBeta - treatment * Math.log(share) - control * Math.log(1 - share)));
}
