import { join } from '@trainyard/tables/sql';
import { z } from 'zod';
import { isMissing } from '../cell.js';
import type { ColumnStepKind } from './contract.js';

const schema = z.object({ kind: z.literal('cross'), name: z.string(), columns: z.array(z.string()).min(2) });

/** The values of several columns of categories as one category, `red × large`; missing where one of them is. */
export type CrossStep = Omit<Readonly<z.output<typeof schema>>, 'columns'> & { readonly columns: readonly string[] };

export const cross: ColumnStepKind<CrossStep> = {
  kind: 'cross',
  gives: 'column',
  schema,
  reads: ({ columns }) => columns.map((column) => ({ column, type: 'text' as const })),
  column: ({ name }) => ({ name, type: 'text' }),
  reader({ columns }, placeOf) {
    const places = columns.map(placeOf);
    return (cells) =>
      places.some((place) => isMissing(cells[place]))
        ? undefined
        : places.map((place) => String(cells[place])).join(' × ');
  },
  sql: (step, columns) =>
    join(
      step.columns.map((column) => columns.text(column)),
      " || ' × ' || ",
    ),
};
