import { warningKind } from './contract.js';

/** A hole of so many periods, and of such a share of all, is no weekend. */
const [PERIODS, SHARE] = [5, 0.1];

export const timeGap = warningKind({
  kind: 'time-gap',
  weight: 'worth knowing',
  find: ({ columns }) =>
    columns.flatMap((column) => {
      if (column.kind !== 'time' || !column.coverage?.gap) return [];
      const { gap, periods, unit } = column.coverage;
      if (gap.periods < PERIODS || gap.periods < SHARE * periods) return [];
      const said = `${column.name} has no row for ${gap.periods} ${unit}s, between ${gap.from.slice(0, 16)} and ${gap.to.slice(0, 16)}`;
      return [{ columns: [column.name], said }];
    }),
});
