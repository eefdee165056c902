export { backfillProcess } from '../../activities/processes/backfill.js';
export { triggerProcess } from '../../activities/processes/trigger.js';
export { fileSource } from './sources/file/kind.js';
