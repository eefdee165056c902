import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { numberOf } from '../cell.js';
import { withinClip } from '../sql/clip.js';
import type { FeatureStepKind } from './contract.js';

const schema = z.object({
  kind: z.literal('numeric'),
  column: z.string(),
  /** Stands in for a missing value, in the column's unit. */
  fill: z.number(),
  /** Subtracted, in the column's unit. */
  center: z.number(),
  /** Divided by, in the column's unit; never 0. */
  scale: z.number(),
  /** Largest absolute value given, in units of `scale`: keeps extreme and infinite values finite. */
  clip: z.number(),
  /** A second feature: 1 where the value was missing, else 0. */
  indicator: z.boolean(),
});

/** A numeric column as fitted: `(value or fill) - center) / scale`, kept within `±clip`. */
export type NumericStep = Readonly<z.output<typeof schema>>;

export const numeric: FeatureStepKind<NumericStep> = {
  kind: 'numeric',
  gives: 'features',
  schema,
  reads: ({ column }) => [{ column, type: 'number' }],
  features: ({ column, indicator }) => (indicator ? [column, `${column} is missing`] : [column]),
  writer({ column, fill, center, scale, clip, indicator }, placeOf) {
    const place = placeOf(column);
    return (cells, into, at) => {
      const value = numberOf(cells[place], column);
      const scaled = ((value ?? fill) - center) / scale;
      into[at] = scaled > clip ? clip : scaled < -clip ? -clip : scaled;
      if (indicator && value === undefined) into[at + 1] = 1;
    };
  },
  sql({ column, fill, center, scale, clip, indicator }, columns) {
    const value = columns.number(column);
    const scaled = columns.keep(sql`(coalesce(${value}, ${fill}) - ${center}) / ${scale}`);
    const missing = sql`CASE WHEN ${value} IS NULL THEN 1::DOUBLE ELSE 0::DOUBLE END`;
    return [withinClip(scaled, clip), ...(indicator ? [missing] : [])];
  },
};
