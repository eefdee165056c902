import { id, type Sql } from '@trainyard/tables/sql';

/** A name inside queries, which no column has. */
export function inner(name: string): Sql {
  return id(`${INNER}${name}`);
}

const INNER = 'trainyard:';

/** Numbers of the kept expressions that an expression names. */
export function keptIn(expression: Sql): number[] {
  return [...expression.text.matchAll(/"trainyard:kept (\d+)"/g)].map((found) => Number(found[1]));
}
