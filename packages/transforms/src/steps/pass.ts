import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { isMissing, otherThan } from '../cell.js';
import type { FeatureStepKind } from './contract.js';

const schema = z.object({
  kind: z.literal('pass'),
  column: z.string(),
  type: z.enum(['number', 'boolean', 'category']),
  /** For `category`: values as text, sorted by code unit. */
  categories: z.array(z.string()).optional(),
});

/**
 * A column passed on as it is, one feature: a number, a boolean as 0 or 1, a category as its index in `categories`. What is
 * missing is NaN, and so is a category that was not seen in fitting. For model kinds that take missing values themselves.
 */
export type PassStep = Omit<Readonly<z.output<typeof schema>>, 'categories'> & {
  readonly categories?: readonly string[] | undefined;
};

export const pass: FeatureStepKind<PassStep> = {
  kind: 'pass',
  gives: 'features',
  schema,
  passesMissing: true,
  reads: ({ column, type, categories }) => [
    type === 'category' ? { column, type: 'text', categories: categories ?? [] } : { column, type },
  ],
  features: ({ column }) => [column],
  writer({ column, type, categories = [] }, placeOf) {
    const place = placeOf(column);
    const places = new Map(categories.map((category, index) => [category, index]));
    return (cells, into, at) => {
      const cell = cells[place];
      if (isMissing(cell)) into[at] = NaN;
      else if (type === 'category') into[at] = places.get(String(cell)) ?? NaN;
      else if (typeof cell === 'number') into[at] = cell;
      else if (type === 'boolean' && typeof cell === 'boolean') into[at] = cell ? 1 : 0;
      else throw otherThan('number', column, cell);
    };
  },
  sql({ column, type, categories = [] }, columns) {
    const value =
      type === 'category'
        ? sql`${columns.code(column, categories)}::DOUBLE`
        : type === 'boolean'
          ? columns.truth(column)
          : columns.number(column);
    return [sql`coalesce(${value}, 'NaN'::DOUBLE)`];
  },
};
