export { type TakenColumn } from './columns.js';
export { readRows } from './read-rows.js';
export { csvLine, writeRows, type TakenRows } from './write-rows.js';
