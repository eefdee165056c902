import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { numberOf } from '../cell.js';
import type { FeatureStepKind } from './contract.js';

const schema = z.object({
  kind: z.literal('cyclic'),
  column: z.string(),
  /** After this much, in the column's unit, it begins again; `start` is where it begins. */
  period: z.number().positive(),
  start: z.number(),
});

/** Sine and cosine of a column's place on a circle; both 0 for what is missing or infinite. */
export type CyclicStep = Readonly<z.output<typeof schema>>;

export const cyclic: FeatureStepKind<CyclicStep> = {
  kind: 'cyclic',
  gives: 'features',
  schema,
  slack: () => 8,
  reads: ({ column }) => [{ column, type: 'number' }],
  features: ({ column }) => [`sine of ${column}`, `cosine of ${column}`],
  writer({ column, period, start }, placeOf) {
    const place = placeOf(column);
    return (cells, into, at) => {
      const value = numberOf(cells[place], column);
      const turns = value === undefined ? NaN : (value - start) / period;
      if (!Number.isFinite(turns)) return;
      const angle = 2 * Math.PI * (turns - Math.floor(turns));
      into[at] = Math.sin(angle);
      into[at + 1] = Math.cos(angle);
    };
  },
  sql({ column, period, start }, columns) {
    const turns = columns.keep(sql`(${columns.number(column)} - ${start}) / ${period}`);
    const angle = columns.keep(
      sql`CASE WHEN isfinite(${turns}) THEN ${2 * Math.PI} * (${turns} - floor(${turns})) END`,
    );
    return [sql`coalesce(sin(${angle}), ${0})`, sql`coalesce(cos(${angle}), ${0})`];
  },
};
