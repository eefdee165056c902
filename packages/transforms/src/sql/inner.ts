import { inner } from '@trainyard/tables/inner';
import type { Sql } from '@trainyard/tables/sql';

/** The name of a kept expression inside queries. */
export const keptName = (number: number): Sql => inner(`kept ${number}`);

/** Numbers of the kept expressions that an expression names. */
export function keptIn(expression: Sql): number[] {
  return [...expression.text.matchAll(/"~ty kept (\d+)"/g)].map((found) => Number(found[1]));
}
