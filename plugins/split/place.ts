import { id, ORIGIN, sql, type Sql } from '@trainyard/tables';

/** SQL for what a row is dealt by: its group where it has one, else its identity. */
export function unitOf(group: string | undefined): Sql {
  const row = sql`'row ' || ${ORIGIN}`;
  return group === undefined ? row : sql`coalesce('group ' || ${id(group)}::VARCHAR, ${row})`;
}

/**
 * SQL for a place from 0 to 1: 52 bits of SHA-256 of a domain (what is dealt, so that a part of one split can be dealt
 * again), the seed and the unit. No hash of the database's own: those change with its versions, and a row would change
 * its part with them.
 */
export function placeOf(unit: Sql, { domain, seed }: { readonly domain: string; readonly seed: number }): Sql {
  const hash = sql`sha256(${`${domain} ${seed} `} || ${unit})`;
  return sql`(('0x' || substr(${hash}, 1, 13))::BIGINT / ${2 ** 52})`;
}

/** A part of a split, with its share of the rows. */
export interface Share {
  readonly name: string;
  readonly share: number;
}

/** The parts of a split that is no folds. */
export const PARTS = ['train', 'validation', 'test'] as const;
export type Part = (typeof PARTS)[number];
