import { pageSection } from '../../activities/processes/index.js';

export { calibrated } from './calibrate/calibrated-kind.js';
export { grouped } from './fairness/group-kind.js';

export const sealedSetsSection = pageSection({
  name: 'sealed test sets',
  title: 'Sealed test set',
  draw: async ({ run, reader }) => {
    const [{ sealedSection }, { sealedSets }] = await Promise.all([
      import('./sealed-section.js'),
      import('../../client/index.js'),
    ]);
    return sealedSection(await sealedSets(reader.store, run.graph));
  },
});
