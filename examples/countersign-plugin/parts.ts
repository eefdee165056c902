import { asked, durableProcess } from 'trainyard/process';
import { countersignActivities } from './activities.js';
import { sheet, type Sheet } from './sheet.js';

export const countersignProcess = durableProcess<Sheet>({
  name: 'countersign',
  title: 'Waits until so many people have signed',
  workflow: { module: new URL('./workflow.js', import.meta.url), export: 'countersign' },
  versions: 'moves on',
  ends: 'by people',
  repeated: 'given',
  activities: async () => countersignActivities,
  view: async () => ({
    read: asked(sheet),
    say: ({ people, signatures }) => ({
      fraction: signatures.length / people,
      parts: [{ rank: 1, texts: [`${signatures.length} of ${people} signed`, `${signatures.length}/${people}`] }],
    }),
  }),
});
