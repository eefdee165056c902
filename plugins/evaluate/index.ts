export { challenge, final } from './contract.js';
export { duel, type Duel, type DuelOptions } from './duel.js';
