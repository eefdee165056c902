import type { Sql } from '@trainyard/tables';

/** Rows to compare: a relation with `nth` (BIGINT, each once), `content` (VARCHAR) and `rest` (VARCHAR). */
export interface AlikeRows {
  readonly rows: Sql;
  /** Share of their 5-letter pieces that texts have in common, or bits in which hashes of pictures may differ. */
  readonly by: { readonly similarity: number } | { readonly distance: number };
  /** Tells the tables apart that are made. */
  readonly name: string;
}

/** What was found, as names of tables. */
export interface Alike {
  /** `unit`, `content`, `rest`: each different content once; a unit is the least `nth` of its rows. */
  readonly units: Sql;
  /** `nth`, `unit`: rows and their units; rows without content are in none. */
  readonly members: Sql;
  /** `a`, `b`: units that are alike, `a` before `b`, each pair once. */
  readonly pairs: Sql;
}
