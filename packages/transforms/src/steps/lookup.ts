import { sql, type Sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { isMissing } from '../cell.js';
import { elementAt } from '../sql/codes.js';
import type { FeatureStepKind } from './contract.js';

/** Numbers for each value of a column: `values[key][feature]`, and those of a missing and of an unknown value. */
const table = z.object({
  values: z.array(z.array(z.number())),
  missing: z.array(z.number()),
  unknown: z.array(z.number()),
});

const schema = z.object({
  kind: z.literal('lookup'),
  column: z.string(),
  /** Names of the features. */
  names: z.array(z.string()).min(1),
  /** Values of the column as text, sorted by code unit. */
  keys: z.array(z.string()),
  all: table,
  /**
   * Of each fold of the training rows what the other folds gave: a training row gets the numbers that know nothing of its own
   * label. The fold of a row is decided by its identity.
   */
  folds: z.object({ seed: z.int(), tables: z.array(table).min(2) }).optional(),
});

type Deep<T> = T extends readonly (infer Item)[]
  ? readonly Deep<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Deep<T[K]> }
    : T;
type Table = Deep<z.output<typeof table>>;

/** A column of categories by numbers that fitting found for each: its place, its share of the rows, a mean of the label. */
export type LookupStep = Deep<z.output<typeof schema>>;

export const lookup: FeatureStepKind<LookupStep> = {
  kind: 'lookup',
  gives: 'features',
  schema,
  reads: ({ column, keys }) => [{ column, type: 'text', categories: keys }],
  features: ({ names }) => [...names],
  writer({ column, keys, all }, placeOf) {
    const place = placeOf(column);
    const places = new Map(keys.map((key, i) => [key, all.values[i]!]));
    return (cells, into, at) => {
      const cell = cells[place];
      into.set(isMissing(cell) ? all.missing : (places.get(String(cell)) ?? all.unknown), at);
    };
  },
  sql(step, columns) {
    const { column, keys, names, all, folds } = step;
    const code = columns.keep(columns.code(column, keys));
    const fold = folds && columns.fold(folds.seed, folds.tables.length);
    return names.map((_, i) => {
      if (!folds || fold === undefined) return numberSql(all, i, code, columns.missing(column));
      const each = folds.tables.map(
        (one, k) => sql`WHEN ${BigInt(k)} THEN ${numberSql(one, i, code, columns.missing(column))}`,
      );
      return sql`CASE ${columns.keep(fold)} ${each.reduce((a, b) => sql`${a} ${b}`)} END`;
    });
  },
};

function numberSql({ values, missing, unknown }: Table, feature: number, code: Sql, isMissing: Sql): Sql {
  const known = elementAt(
    values.map((numbers) => numbers[feature]!),
    code,
  );
  const all = values.length === 0 ? sql`${unknown[feature]!}` : sql`coalesce(${known}, ${unknown[feature]!})`;
  return sql`CASE WHEN ${isMissing} THEN ${missing[feature]!} ELSE ${all} END`;
}
