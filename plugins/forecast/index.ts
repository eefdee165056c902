export { windows } from './contract.js';
