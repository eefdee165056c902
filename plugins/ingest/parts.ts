export { backfillProcess } from '../../processes/backfill.js';
export { triggerProcess } from '../../processes/trigger.js';
