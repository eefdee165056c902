import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { numberOf } from '../cell.js';
import { placeAmong, placeSql } from '../sql/places.js';
import type { FeatureStepKind } from './contract.js';

const schema = z.object({
  kind: z.literal('bins'),
  column: z.string(),
  /** Inner edges, ascending: a value is in the bin after those that it reaches. */
  edges: z.array(z.number()),
  /** The bin's number from 0, or one feature for each bin. */
  gives: z.enum(['index', 'one-hot']),
  /** A missing value: has a bin of its own after the last, or none: index −1, or all 0. */
  missing: z.enum(['bin', 'none']),
});

/** A column of numbers by the bin that a value falls into; infinite values fall into the outer ones. */
export type BinsStep = Omit<Readonly<z.output<typeof schema>>, 'edges'> & { readonly edges: readonly number[] };

export const bins: FeatureStepKind<BinsStep> = {
  kind: 'bins',
  gives: 'features',
  schema,
  reads: ({ column }) => [{ column, type: 'number' }],
  features({ column, edges, gives, missing }) {
    if (gives === 'index') return [`${column} by bin`];
    const names = Array.from({ length: edges.length + 1 }, (_, i) =>
      i === 0
        ? edges.length === 0
          ? `${column} in one bin`
          : `${column} below ${edges[0]}`
        : `${column} from ${edges[i - 1]}${i < edges.length ? ` to ${edges[i]}` : ''}`,
    );
    return missing === 'bin' ? [...names, `${column} is missing`] : names;
  },
  writer({ column, edges, gives, missing }, placeOf) {
    const place = placeOf(column);
    const none = missing === 'bin' ? edges.length + 1 : -1;
    return (cells, into, at) => {
      const value = numberOf(cells[place], column);
      const bin = value === undefined ? none : placeAmong(edges, value);
      if (gives === 'index') into[at] = bin;
      else if (bin >= 0) into[at + bin] = 1;
    };
  },
  sql({ column, edges, gives, missing }, columns) {
    const number = columns.number(column);
    const none = BigInt(missing === 'bin' ? edges.length + 1 : -1);
    const bin = columns.keep(sql`CASE WHEN ${number} IS NULL THEN ${none} ELSE ${placeSql(edges, number)} END`);
    if (gives === 'index') return [sql`${bin}::DOUBLE`];
    const width = edges.length + 1 + Number(missing === 'bin');
    return Array.from({ length: width }, (_, i) => sql`(${bin} = ${BigInt(i)})::DOUBLE`);
  },
};
