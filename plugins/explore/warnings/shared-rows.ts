import { warningKind } from './contract.js';

export const sharedRows = warningKind({
  kind: 'shared-rows',
  weight: 'wrong',
  find: ({ parts }) =>
    parts === null || parts.shared === 0
      ? []
      : [
          {
            columns: [parts.column],
            said: `${parts.shared} rows equal one of another part (${parts.column}) in all other columns: what is measured on one part was seen in another`,
          },
        ],
});
