export { challengeNode } from './challenge.js';
export { finalNode } from './final.js';
