export { tuneReport } from './contract.js';
