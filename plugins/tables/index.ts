export { join } from './join.js';
export type { JoinFigures } from './contract.js';
