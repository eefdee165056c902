import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { numberOf } from '../cell.js';
import { normalQuantile, normalQuantileSql } from '../normal-quantile.js';
import { elementAt } from '../sql/codes.js';
import { placeAmong, placeSql } from '../sql/places.js';
import type { FeatureStepKind } from './contract.js';

const schema = z.object({
  kind: z.literal('quantile'),
  column: z.string(),
  /** Distinct values, ascending, two or more. */
  values: z.array(z.number()).min(2),
  /** The share of rows below each value, and up to and with it. */
  below: z.array(z.number()),
  upTo: z.array(z.number()),
  /** Shares from 0 to 1, or the normal distribution's quantiles of them. */
  gives: z.enum(['uniform', 'normal']),
  /** Share for a missing value. */
  fill: z.number(),
  indicator: z.boolean(),
});

/** A column of numbers by the share of training rows that lie below, interpolated between the values kept. */
export type QuantileStep = Omit<Readonly<z.output<typeof schema>>, 'values' | 'below' | 'upTo'> & {
  readonly values: readonly number[];
  readonly below: readonly number[];
  readonly upTo: readonly number[];
};

/** Shares this near to 0 and 1 are taken for it where the normal distribution would be infinite; as in scikit-learn. */
const EDGE = 1e-7;

export const quantile: FeatureStepKind<QuantileStep> = {
  kind: 'quantile',
  gives: 'features',
  schema,
  slack: ({ gives }) => (gives === 'normal' ? 8 : 0),
  reads: ({ column }) => [{ column, type: 'number' }],
  features: ({ column, indicator }) =>
    indicator ? [`${column} by quantile`, `${column} is missing`] : [`${column} by quantile`],
  writer({ column, values, below, upTo, gives, fill, indicator }, placeOf) {
    const place = placeOf(column);
    const last = values.length - 1;
    const shareOf = (value: number): number => {
      if (value <= values[0]!) return 0;
      if (value >= values[last]!) return 1;
      const at = placeAmong(values, value) - 1;
      const [low, high] = [values[at]!, values[at + 1]!];
      if (value === low) return (below[at]! + upTo[at]!) / 2;
      return upTo[at]! + ((value / 2 - low / 2) / (high / 2 - low / 2)) * (below[at + 1]! - upTo[at]!);
    };
    return (cells, into, at) => {
      const value = numberOf(cells[place], column);
      const share = value === undefined ? fill : shareOf(value);
      into[at] = gives === 'normal' ? normalQuantile(Math.min(1 - EDGE, Math.max(EDGE, share))) : share;
      if (indicator && value === undefined) into[at + 1] = 1;
    };
  },
  sql({ column, values, below, upTo, gives, fill, indicator }, columns) {
    const number = columns.number(column);
    const last = values.length - 1;
    // Halves keep differences of the largest numbers finite.
    const value = columns.keep(sql`coalesce(${number}, ${values[0]!})`);
    const at = columns.keep(sql`least(greatest(${placeSql(values, value)} - 1, 0), ${BigInt(last - 1)})`);
    const [low, high] = [columns.keep(elementAt(values, at)), columns.keep(elementAt(values.slice(1), at))];
    const from = columns.keep(elementAt(upTo, at));
    const part = sql`${from} + ((${value} / 2 - ${low} / 2) / (${high} / 2 - ${low} / 2)) * (${elementAt(below.slice(1), at)} - ${from})`;
    const share = columns.keep(sql`CASE WHEN ${number} IS NULL THEN ${fill} WHEN ${value} <= ${values[0]!} THEN ${0}
      WHEN ${value} >= ${values[last]!} THEN ${1} WHEN ${value} = ${low} THEN (${elementAt(below, at)} + ${from}) / 2 ELSE ${part} END`);
    const given =
      gives === 'normal'
        ? normalQuantileSql(columns.keep(sql`least(${1 - EDGE}, greatest(${EDGE}, ${share}))`), (one) =>
            columns.keep(one),
          )
        : share;
    const missing = sql`CASE WHEN ${number} IS NULL THEN 1::DOUBLE ELSE 0::DOUBLE END`;
    return [given, ...(indicator ? [missing] : [])];
  },
};
