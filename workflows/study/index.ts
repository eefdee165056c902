export { study } from './study.js';
