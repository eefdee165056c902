import { id, join, requireColumn, ROW_ID, sql, type Column, type Database, type Sql } from '@trainyard/tables';
import { UserError } from '../../core/index.js';

/** What stands for a missing value among the values of a column. */
export const MISSING = '(missing)';

/** SQL for a value as text; what is missing is a value of its own. */
export function valueOf(column: string): Sql {
  return sql`coalesce(${id(column)}::VARCHAR, ${MISSING})`;
}

/** Rows that have the same values in some columns. */
export interface Cell {
  /** The values as the database writes them as one text. */
  readonly key: string;
  readonly values: readonly string[];
  readonly rows: number;
  /** Rows for which the condition holds that was asked for. */
  readonly positives: number;
}

/** SQL for the values of columns as one text. */
export function keyOf(columns: readonly string[]): Sql {
  return sql`to_json([${join(columns.map(valueOf))}])::VARCHAR`;
}

/** Cells of these columns, in the order of their values. */
export async function countCells(
  database: Database,
  columns: readonly string[],
  positive: Sql = sql`FALSE`,
): Promise<Cell[]> {
  const found = await database.rows<{ key: string; n: number; positives: number }>(
    sql`SELECT ${keyOf(columns)} AS key, count(*) AS n, count(*) FILTER (WHERE ${positive}) AS positives
        FROM rows GROUP BY 1 ORDER BY 1`,
  );
  return found.map(({ key, n, positives }) => ({ key, values: JSON.parse(key) as string[], rows: n, positives }));
}

/** The most cells that a node deals with one by one. */
const MOST = 1000;

/** Throws a UserError for columns that the table does not have, a label that is missing in a row, and too many cells. */
export async function requireCells(
  database: Database,
  columns: readonly Column[],
  { label, groups }: { readonly label?: string | undefined; readonly groups: readonly string[] },
): Promise<void> {
  if (!columns.some(({ name }) => name === ROW_ID))
    throw new UserError(`the table has no column "${ROW_ID}", so its rows cannot be told apart`, {
      where: { port: 'table', column: ROW_ID },
      remedy: 'keep that column in every node from ingest on',
    });
  for (const group of groups) requireColumn(columns, group, 'groups');
  const all = label === undefined ? groups : [label, ...groups];
  if (label !== undefined) {
    requireColumn(columns, label, 'label');
    if (groups.includes(label))
      throw new UserError(`"${label}" is the label and a group at once`, { where: { field: 'groups', column: label } });
    const { missing } = await database.row<{ missing: number }>(
      sql`SELECT count(*) - count(${id(label)}) AS missing FROM rows`,
    );
    if (missing > 0)
      throw new UserError(`${missing} ${missing === 1 ? 'row has' : 'rows have'} no label`, {
        where: { port: 'table', column: label },
        expected: 'a label in every row',
        remedy: `drop them before, by the rule { rule: 'require', columns: ['${label}'] } of clean.table`,
      });
  }
  const { rows, cells } = await database.row<{ rows: number; cells: number }>(
    sql`SELECT count(*) AS rows, count(DISTINCT ${keyOf(all)}) AS cells FROM rows`,
  );
  if (rows === 0) throw new UserError('the table has no rows', { where: { port: 'table' } });
  if (cells > MOST)
    throw new UserError(`${all.join(', ')} have ${cells} different combinations: too many to be groups and classes`, {
      where: { port: 'table' },
      expected: `at most ${MOST}`,
      remedy: 'name columns of few values, or bin them before',
    });
}
