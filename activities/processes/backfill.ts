import { durableProcess } from '../../client/process.js';
import { BACKFILL_TYPE } from '../../workflows/backfill/contract.js';

export const backfillProcess = durableProcess({
  name: BACKFILL_TYPE,
  title: 'Runs a pipeline for each partition of its data',
  workflow: { module: new URL('../../workflows/backfill/index.js', import.meta.url), export: 'backfill' },
  versions: 'moves on',
  activities: async () => (await import('../backfill/activities.js')).backfillActivities,
  command: 'backfill',
});
