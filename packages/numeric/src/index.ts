export { randomFrom, shuffled, type Random } from './random.js';
export {
  classProbabilities,
  fitLogistic,
  type ClassifiedRows,
  type LogisticFit,
  type LogisticOptions,
} from './logistic-regression.js';
export { minimise, type Minimum, type MinimiseOptions, type Objective } from './minimise.js';
export { softmax } from './softmax.js';
export { chiSquaredTail, gammaQ, logGamma } from './gamma.js';
export { nextUp } from './next-up.js';
