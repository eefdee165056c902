import { durableProcess } from '../../client/process.js';
import { REGISTRY_TYPE } from '../../workflows/registry/contract.js';

export const registryProcess = durableProcess({
  name: REGISTRY_TYPE,
  title: 'Versions of a model and their aliases, with who moved which and why',
  workflow: { module: new URL('../../workflows/registry/index.js', import.meta.url), export: 'modelRegistry' },
  activities: async () => (await import('../registry/activities.js')).registryActivities,
  versions: 'moves on',
  ends: 'never',
  command: 'models',
});
