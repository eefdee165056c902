export { tuneApart, tuneReport } from './contract.js';
