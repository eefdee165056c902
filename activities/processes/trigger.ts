import { durableProcess } from '../../client/process.js';
import { TRIGGER_TYPE } from '../../workflows/trigger/contract.js';

export const triggerProcess = durableProcess({
  name: TRIGGER_TYPE,
  title: 'Watches a source and starts a run when what it holds has changed',
  workflow: { module: new URL('../../workflows/trigger/index.js', import.meta.url), export: 'trigger' },
  versions: 'moves on',
  ends: 'never',
  activities: async () => (await import('../trigger/activities.js')).triggerActivities,
  command: 'schedules',
});
