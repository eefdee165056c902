import { durableProcess } from '../../client/process.js';
import { MONITOR_TYPE } from '../../workflows/monitor/contract.js';

export const monitorProcess = durableProcess({
  name: MONITOR_TYPE,
  title: 'Compares the predictions of an endpoint with its training data, and starts retraining',
  workflow: { module: new URL('../../workflows/monitor/index.js', import.meta.url), export: 'monitor' },
  versions: 'moves on',
  ends: 'never',
  activities: async () => {
    const { monitorActivities } = await import('../monitor/activities.js');
    return ({ client, store }) => monitorActivities({ ...client, store });
  },
});
