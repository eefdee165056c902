export { current, endpoint } from './contract.js';
