export { randomFrom, shuffled, type Random } from './random.js';
export { chiSquaredTail, gammaQ, logGamma } from './gamma.js';
