import { id, ROW_ID, sql, type Sql } from '@trainyard/tables';

export const PARTS = ['train', 'validation', 'test'] as const;
export type Part = (typeof PARTS)[number];

/** Columns that dealing adds, under names that no source is likely to have. */
export const PART = id('part of the split');
export const NTH = id('place in the table');
const [PLACE, SIZE, RANK] = [id('place by hash'), id('rows of the class'), id('rank in the class')];

export interface Deal {
  readonly test: number;
  readonly validation: number;
  readonly seed: number;
  readonly group?: string | undefined;
  /** With a label: the same shares of each class, to a row, equal rows kept together. */
  readonly exactBy?: string | undefined;
}

/**
 * SQL for a row's place from 0 to 1: 52 bits of SHA-256 of the seed and the row's identity, or its group. The number
 * that tells equal rows apart (`~2`) is left out, so that they are dealt together.
 */
export function placeOf(deal: Pick<Deal, 'seed' | 'group'>): Sql {
  const identity = sql`regexp_replace(${id(ROW_ID)}, '^([0-9a-f]{24})~\\d+$', '\\1')`;
  const dealt =
    deal.group === undefined
      ? sql`'row ' || ${identity}`
      : sql`coalesce('group ' || ${id(deal.group)}::VARCHAR, 'row ' || ${identity})`;
  const hash = sql`sha256(${`split ${deal.seed} `} || ${dealt})`;
  return sql`(('0x' || substr(${hash}, 1, 13))::BIGINT / ${2 ** 52})`;
}

/**
 * SQL that gives the rows of `from` with two more columns: `PART` and, to sort by, `NTH`. The test part takes the
 * lowest places, so another share of validation leaves it as it is.
 */
export function dealt(from: Sql, deal: Deal): Sql {
  const { test, validation, exactBy } = deal;
  const numbered = sql`SELECT *, row_number() OVER () AS ${NTH}, ${placeOf(deal)} AS ${PLACE} FROM ${from}`;
  if (exactBy === undefined) {
    return sql`SELECT * EXCLUDE (${PLACE}), ${part(PLACE, sql`${test}`, sql`${test + validation}`)} AS ${PART}
               FROM (${numbered})`;
  }
  const size = sql`count(*) OVER (PARTITION BY ${id(exactBy)})`;
  // Equal rows have one place, so one rank, and one part.
  const rank = sql`rank() OVER (PARTITION BY ${id(exactBy)} ORDER BY ${PLACE})`;
  const upTo = (share: number): Sql => sql`round(${share} * ${SIZE})`;
  return sql`SELECT * EXCLUDE (${PLACE}, ${SIZE}, ${RANK}), ${part(sql`${RANK} - 1`, upTo(test), upTo(test + validation))} AS ${PART}
             FROM (SELECT *, ${size} AS ${SIZE}, ${rank} AS ${RANK} FROM (${numbered}))`;
}

function part(place: Sql, test: Sql, validation: Sql): Sql {
  return sql`CASE WHEN ${place} < ${test} THEN 'test' WHEN ${place} < ${validation} THEN 'validation' ELSE 'train' END`;
}
