import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import { sql, type Sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { isMissing } from '../cell.js';
import { wordsOf, wordsSql } from '../words.js';
import type { FeatureStepKind } from './contract.js';

const schema = z.object({
  kind: z.literal('hashed'),
  column: z.string(),
  /** What is hashed: the whole value, or each word of it. */
  of: z.enum(['value', 'words']),
  buckets: z.int().min(2),
  /** Half of what is hashed counts −1, so that what meets in a bucket cancels on average. */
  signed: z.boolean(),
});

/**
 * A column of categories or text in a fixed number of features, without a list of values (K. Weinberger et al., "Feature hashing
 * for large scale multitask learning", 2009): each value or word counts in the bucket that SHA-256 gives it.
 */
export type HashedStep = Readonly<z.output<typeof schema>>;

export const hashed: FeatureStepKind<HashedStep> = {
  kind: 'hashed',
  gives: 'features',
  schema,
  reads: ({ column }) => [{ column, type: 'text' }],
  features: ({ column, buckets }) =>
    Array.from({ length: buckets }, (_, i) => `${column} in bucket ${i + 1} of ${buckets}`),
  writer({ column, of, buckets, signed }, placeOf) {
    const place = placeOf(column);
    return (cells, into, at) => {
      const cell = cells[place];
      if (isMissing(cell)) return;
      for (const item of of === 'words' ? wordsOf(String(cell)) : [String(cell)]) {
        const digits = bytesToHex(sha256(utf8ToBytes(item)));
        const bucket = parseInt(digits.slice(0, 13), 16) % buckets;
        into[at + bucket]! += signed && parseInt(digits[13]!, 16) % 2 === 1 ? -1 : 1;
      }
    };
  },
  sql({ column, of, buckets, signed }, columns) {
    const text = columns.text(column);
    const items = of === 'words' ? wordsSql(text) : sql`CASE WHEN ${text} IS NOT NULL THEN [${text}] END`;
    const digits = columns.keep(sql`list_transform(${items}, lambda w: sha256(w))`);
    const size = BigInt(buckets);
    const bucket = sql`('0x' || substr(d, 1, 13))::BIGINT % ${size}`;
    // What counts −1 has the buckets beyond the last.
    const minus = sql`CASE WHEN ('0x' || substr(d, 14, 1))::BIGINT % 2 = 1 THEN ${size} ELSE 0 END`;
    const places = columns.keep(
      sql`list_transform(${digits}, lambda d: ${bucket}${signed ? sql` + ${minus}` : sql``})`,
    );
    const count = (place: bigint): Sql => sql`coalesce(len(list_filter(${places}, lambda p: p = ${place})), 0)`;
    return Array.from({ length: buckets }, (_, i) =>
      signed ? sql`(${count(BigInt(i))} - ${count(BigInt(i) + size)})::DOUBLE` : sql`${count(BigInt(i))}::DOUBLE`,
    );
  },
};
