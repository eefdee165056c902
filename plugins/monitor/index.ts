export { endpoint } from './contract.js';
