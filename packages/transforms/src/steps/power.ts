import { sql, type Sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { numberOf } from '../cell.js';
import { withinClip } from '../sql/clip.js';
import type { FeatureStepKind } from './contract.js';

const schema = z.object({
  kind: z.literal('power'),
  column: z.string(),
  method: z.enum(['log', 'box-cox', 'yeo-johnson']),
  /** Box-Cox's and Yeo-Johnson's λ; 0 for a logarithm. */
  lambda: z.number(),
  /** Added first, and the least sum that is taken: what lies below is taken for it. Not for Yeo-Johnson. */
  offset: z.number(),
  floor: z.number().positive(),
  /** As in a numeric step, `fill` in the column's unit, `center` and `scale` after the power. */
  fill: z.number(),
  center: z.number(),
  scale: z.number(),
  clip: z.number(),
  indicator: z.boolean(),
});

/**
 * A column of numbers through a logarithm or a power, then centred and scaled: x ↦ ln x, (x^λ − 1)/λ (G. E. P. Box and D. R. Cox,
 * 1964), or the like for both signs (I.-K. Yeo and R. A. Johnson, 2000).
 */
export type PowerStep = Readonly<z.output<typeof schema>>;

export const power: FeatureStepKind<PowerStep> = {
  kind: 'power',
  gives: 'features',
  schema,
  slack: ({ lambda, method, center, scale }) => {
    const largest =
      method === 'yeo-johnson' && lambda !== 2
        ? Math.max(1 / Math.abs(lambda || 1), 1 / Math.abs(2 - lambda))
        : 1 / Math.abs(lambda || 1);
    return (Math.abs(center) + largest + 1) / scale;
  },
  reads: ({ column }) => [{ column, type: 'number' }],
  features: ({ column, method, indicator }) => {
    const name = method === 'log' ? `log of ${column}` : `${column} by ${method}`;
    return indicator ? [name, `${column} is missing`] : [name];
  },
  writer(step, placeOf) {
    const { column, fill, center, scale, clip, indicator } = step;
    const place = placeOf(column);
    const raised = raiser(step);
    return (cells, into, at) => {
      const value = numberOf(cells[place], column);
      const scaled = (raised(value ?? fill) - center) / scale;
      into[at] = scaled > clip ? clip : scaled < -clip ? -clip : scaled;
      if (indicator && value === undefined) into[at + 1] = 1;
    };
  },
  sql(step, columns) {
    const { column, fill, center, scale, clip, indicator } = step;
    const value = columns.number(column);
    const raised = raisedSql(step, columns.keep(sql`coalesce(${value}, ${fill})`));
    const scaled = columns.keep(sql`((${raised}) - ${center}) / ${scale}`);
    const missing = sql`CASE WHEN ${value} IS NULL THEN 1::DOUBLE ELSE 0::DOUBLE END`;
    return [withinClip(scaled, clip), ...(indicator ? [missing] : [])];
  },
};

/** The power itself, as fitting applies it too. */
export function raiser({
  method,
  lambda,
  offset,
  floor,
}: Pick<PowerStep, 'method' | 'lambda' | 'offset' | 'floor'>): (value: number) => number {
  if (method !== 'yeo-johnson') return (value) => raise(Math.max(value + offset, floor), lambda);
  return (value) => (value >= 0 ? raise(value + 1, lambda) : -raise(1 - value, 2 - lambda));
}

/** Of a positive number. */
function raise(value: number, lambda: number): number {
  return lambda === 0 ? Math.log(value) : (Math.pow(value, lambda) - 1) / lambda;
}

/** SQL for the same of a DOUBLE. */
export function raisedSql(
  { method, lambda, offset, floor }: Pick<PowerStep, 'method' | 'lambda' | 'offset' | 'floor'>,
  value: Sql,
): Sql {
  if (method !== 'yeo-johnson') return raiseSql(sql`greatest(${value} + ${offset}, ${floor})`, lambda);
  const above = raiseSql(sql`(greatest(${value}, ${0}) + 1)`, lambda);
  const below = raiseSql(sql`(1 - least(${value}, ${0}))`, 2 - lambda);
  return sql`CASE WHEN ${value} >= 0 THEN ${above} ELSE -(${below}) END`;
}

function raiseSql(value: Sql, lambda: number): Sql {
  return lambda === 0 ? sql`ln(${value})` : sql`(pow(${value}, ${lambda}) - 1) / ${lambda}`;
}
