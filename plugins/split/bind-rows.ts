import { sql, type Column, type Database } from '@trainyard/tables';
import type { SplitFigures } from './figures.js';
import { UNIT } from './inner.js';
import {
  bind,
  compared,
  countTogether,
  EQUAL_ROWS,
  findEqual,
  findNear,
  KEY,
  NEAR_ROWS,
  type Near,
} from './together.js';
import { unitOf } from './place.js';
import { findSimilar } from './similar.js';

export interface Binding {
  readonly group?: string | undefined;
  readonly equal?: 'together' | 'apart' | undefined;
  readonly near?: Near | undefined;
}

/** Finds rows that repeat, and binds their units together where that was asked for: equal ones unless they are to come apart. */
export async function bindRows(
  database: Database,
  columns: readonly Column[],
  { group, equal = 'together', near }: Binding,
): Promise<SplitFigures['together']> {
  await findEqual(database, columns, group);
  const alike = near?.similarity !== undefined || near?.picture !== undefined;
  if (near) {
    const cells = compared(columns, near);
    await (alike ? findSimilar(database, cells, near, group) : findNear(database, cells, near.digits, group));
  }
  if (near === undefined && equal === 'apart') return { sets: 0, rows: 0, largest: 0 };
  // Rows that are equal are nearly equal too; but where they have neither text nor picture, nobody compares them.
  const [nearly, equally] = [
    sql`SELECT ${UNIT}, ${KEY} FROM ${NEAR_ROWS}`,
    sql`SELECT ${UNIT}, ${KEY} FROM ${EQUAL_ROWS}`,
  ];
  const both = alike && equal === 'together' ? sql`${nearly} UNION ALL ${equally}` : near ? nearly : equally;
  const pairs = sql`(${both})`;
  if ((await bind(database, pairs)) === 0) return { sets: 0, rows: 0, largest: 0 };
  return countTogether(database, sql`(SELECT ${unitOf(group)} AS ${UNIT} FROM rows)`);
}
