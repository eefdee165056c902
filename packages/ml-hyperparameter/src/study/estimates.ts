/**
 * What trials that were stopped early would have come to. A pruner stops most trials; taking their last report for
 * their result makes a model learn who leads early, and leaving them out starves it. Here, trials that went further
 * tell how the loss at a step relates to the end: trials are taken from the longest to the shortest, and each group
 * that stopped at a step is carried to the end by a line fitted to all that went on from there.
 */
import type { Observation } from './trial.js';

/** A trial's loss at the end, as told or as estimated. */
export interface Ending {
  readonly trial: Observation;
  readonly loss: number;
  /** Standard deviation of the estimate; 0 where the loss was told. */
  readonly spread: number;
}

/** Loss of a curve at its last step not after `step`, where it is a number. */
export function lossAt(t: Observation, step: number): number | undefined {
  let found: number | undefined;
  for (const [at, loss] of t.curve) {
    if (at > step) break;
    found = loss;
  }
  return found !== undefined && found < Infinity ? found : undefined;
}

/** What a line says at a place, and how far the truth may lie from it. */
export interface Guess {
  readonly mean: number;
  readonly spread: number;
}

/**
 * Least squares with a slope ≥ 0, pulled towards 1 as by one more pair. The spread of a guess grows with the distance
 * from the pairs: those who were kept tell little about those far worse.
 */
export function lineThrough(pairs: readonly (readonly [number, number])[]): (x: number) => Guess {
  const n = pairs.length;
  let mx = 0;
  let my = 0;
  for (const [x, y] of pairs) {
    mx += x / n;
    my += y / n;
  }
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (const [x, y] of pairs) {
    xx += (x - mx) * (x - mx);
    xy += (x - mx) * (y - my);
    yy += (y - my) * (y - my);
  }
  const one = n > 1 ? xx / (n - 1) : 0;
  const weight = xx + one;
  const slope = weight > 0 ? Math.max(0, (xy + one) / weight) : 1;
  const left = Math.max(0, yy - 2 * slope * xy + slope * slope * xx);
  const variance = n > 2 ? left / (n - 2) : yy / Math.max(1, n - 1) + (my - mx) * (my - mx);
  return (x) => {
    const off = x - mx;
    return {
      mean: my + slope * off,
      spread: Math.sqrt(variance * (1 + 1 / n + (weight > 0 ? (off * off) / weight : 0))),
    };
  };
}

/** Endings of all complete and pruned trials that can be judged, by number; the first objective's. */
export function endingsOf(history: readonly Observation[]): Ending[] {
  const known: Ending[] = [];
  const open: Observation[] = [];
  for (const t of history) {
    if (t.state === 'complete' && t.losses !== undefined)
      known.push({ trial: t, loss: t.losses[0] as number, spread: 0 });
    else if (t.state === 'pruned' && t.curve.length > 0) open.push(t);
  }
  if (open.length === 0 || known.length === 0) return known;
  const lastOf = (t: Observation): number => t.curve[t.curve.length - 1]?.[0] ?? Infinity;
  const steps = [...new Set(open.map(lastOf))].sort((a, b) => b - a);
  for (const step of steps) {
    const pairs: [number, number][] = [];
    let before = 0;
    for (const e of known) {
      if (e.trial.curve.length === 0 || lastOf(e.trial) <= step) continue;
      const x = lossAt(e.trial, step);
      if (x === undefined) continue;
      pairs.push([x, e.loss]);
      before += e.spread * e.spread;
    }
    if (pairs.length === 0) continue;
    const line = lineThrough(pairs);
    const added: Ending[] = [];
    for (const t of open) {
      const x = lastOf(t) === step ? lossAt(t, step) : undefined;
      if (x === undefined) continue;
      const { mean, spread } = line(x);
      added.push({ trial: t, loss: mean, spread: Math.sqrt(spread * spread + before / pairs.length) });
    }
    known.push(...added);
  }
  return known.sort((a, b) => a.trial.number - b.trial.number);
}
