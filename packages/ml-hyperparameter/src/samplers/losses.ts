/** One number by which finished trials are ranked, for samplers that look at order alone. */
import type { Observation } from '../study/trial.js';

/** Orders finished trials: feasible by loss, then infeasible by how far, then pruned, then failed ones. */
export function byMerit(a: Observation, b: Observation): number {
  return tier(a) - tier(b) || a.violation - b.violation || lossOf(a) - lossOf(b) || a.number - b.number;
}

function tier(t: Observation): number {
  return t.state === 'complete' ? (t.violation > 0 ? 1 : 0) : t.state === 'pruned' ? 2 : t.state === 'failed' ? 3 : 4;
}

function lossOf(t: Observation): number {
  if (t.losses !== undefined) return t.losses[0] as number;
  return t.curve[t.curve.length - 1]?.[1] ?? Number.MAX_VALUE;
}
