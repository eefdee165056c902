export { challenge, final } from './contract.js';
