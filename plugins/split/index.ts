export { random, stratified, type Parts } from './split.js';
export type { SplitFigures } from './contract.js';
