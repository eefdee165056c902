import { sql, type Sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { isMissing } from '../cell.js';
import type { FeatureStepKind } from './contract.js';

const schema = z.object({
  kind: z.literal('categorical'),
  column: z.string(),
  /** Values as text, sorted by code unit. */
  categories: z.array(z.string()),
  /** A missing value: has a feature of its own, is replaced by `fill`, or sets none. */
  missing: z.enum(['feature', 'fill', 'zeros']),
  /** Stands in for a missing value where `missing` is `fill`. */
  fill: z.string().optional(),
  /** A value not seen in fitting: has a feature of its own, or sets none. */
  unknown: z.enum(['feature', 'zeros']),
});

/** A categorical column as fitted: one feature for each category, 1 where the row has it, else 0. */
export type CategoricalStep = Omit<Readonly<z.output<typeof schema>>, 'categories'> & {
  readonly categories: readonly string[];
};

export const categorical: FeatureStepKind<CategoricalStep> = {
  kind: 'categorical',
  gives: 'features',
  schema,
  reads: ({ column, categories }) => [{ column, type: 'text', categories }],
  features: ({ column, categories, missing, unknown }) => [
    ...categories.map((category) => `${column}=${category}`),
    ...(missing === 'feature' ? [`${column} is missing`] : []),
    ...(unknown === 'feature' ? [`${column} is unknown`] : []),
  ],
  writer(step, placeOf) {
    const place = placeOf(step.column);
    const places = new Map(step.categories.map((category, index) => [category, index]));
    const { missing, unknown } = placesOf(step);
    return (cells, into, at) => {
      const cell = cells[place];
      const set = isMissing(cell) ? missing : (places.get(String(cell)) ?? unknown);
      if (set !== undefined) into[at + set] = 1;
    };
  },
  sql(step, columns) {
    const { missing, unknown, width } = placesOf(step);
    const index = (place: number | undefined): Sql => (place === undefined ? sql`-1` : sql`${BigInt(place)}`);
    const code = sql`coalesce(${columns.code(step.column, step.categories)}, ${index(unknown)})`;
    const set = columns.keep(sql`CASE WHEN ${columns.missing(step.column)} THEN ${index(missing)} ELSE ${code} END`);
    return Array.from({ length: width }, (_, i) => sql`(${set} = ${BigInt(i)})::DOUBLE`);
  },
};

function placesOf(step: CategoricalStep): { missing: number | undefined; unknown: number | undefined; width: number } {
  const { categories, missing, unknown, fill = '' } = step;
  const width = categories.length + Number(missing === 'feature') + Number(unknown === 'feature');
  const filled = categories.indexOf(fill);
  return {
    width,
    missing: missing === 'feature' ? categories.length : missing === 'fill' && filled >= 0 ? filled : undefined,
    unknown: unknown === 'feature' ? width - 1 : undefined,
  };
}
