export { calibrateNode } from './calibrate/calibrate.js';
export { thresholdNode } from './calibrate/threshold.js';
export { challengeNode } from './challenge.js';
export { finalNode } from './final.js';
export { errorsNode } from './find/errors.js';
export { slicesNode } from './find/slices.js';
export { fairnessNode } from './fairness/fairness.js';
export { groupThresholdsNode } from './fairness/group-thresholds.js';
