export { judgeExperiment, type Arms } from './judge.js';
export { meanDeviations, planExperiment, rowsFor, shareDeviations } from './plan.js';
export { alwaysInterval, mismatchOdds } from './sequence.js';
export { joinArms, joinOutcomes, outcomeTotalsOf } from './totals.js';
