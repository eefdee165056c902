import { readAs, SAID, sql, type Column, type Database, type Sql } from '../../tables/index.js';
import type { ColumnSchema, ColumnType } from '../../tables/schema.js';

/** One thing that a schema asks of a cell: rows for which `failing` is true break it. */
export interface Check {
  readonly expected: string;
  readonly failing: Sql;
}

/** What a schema asks of a column, given its text with missing cells as NULL, and the typed value. */
export async function checksOf(
  database: Database,
  column: ColumnSchema,
  text: Sql,
  value: Sql,
  from: Sql,
): Promise<Check[]> {
  const checks: Check[] = [];
  if (!column.nullable)
    checks.push({ expected: 'a value; the schema allows none to be missing', failing: sql`${text} IS NULL` });
  if (column.type !== 'text') {
    checks.push({ expected: SAID[column.type], failing: sql`${text} IS NOT NULL AND ${value} IS NULL` });
  }
  const { min, max, values, pattern } = column;
  if (min !== undefined || max !== undefined) {
    const measured = column.type === 'text' ? sql`length(${text})` : value;
    const unit = column.type === 'text' ? ' characters' : '';
    const parts = [min === undefined ? undefined : `at least ${min}`, max === undefined ? undefined : `at most ${max}`];
    checks.push({
      expected: parts.filter((part) => part !== undefined).join(' and ') + unit,
      failing: sql`${measured} < ${min ?? -Infinity} OR ${measured} > ${max ?? Infinity}`,
    });
  }
  if (values) {
    const said = values.slice(0, 12).map((one) => JSON.stringify(one));
    checks.push({
      expected: `one of ${said.join(', ')}${values.length > 12 ? ', …' : ''}`,
      failing: sql`${value} IS NOT NULL AND NOT list_contains(${values}, ${value})`,
    });
  }
  if (pattern !== undefined) {
    // ECMAScript's expressions can do more than the database's, so each distinct text is asked here.
    const expression = new RegExp(pattern, 'u');
    const refused: string[] = [];
    for await (const batch of database.batches<{ text: string }>(
      sql`SELECT DISTINCT ${text} AS text FROM ${from} WHERE ${text} IS NOT NULL`,
    ))
      for (const row of batch) if (!expression.test(row.text)) refused.push(row.text);
    if (refused.length > 0) {
      checks.push({ expected: `text that matches /${pattern}/`, failing: sql`list_contains(${refused}, ${text})` });
    }
  }
  return checks;
}

/** The narrowest type that all of a column's cells are of, for files without a schema; text when all are missing. */
export async function inferTypes(
  database: Database,
  columns: readonly { name: string; text: Sql }[],
  from: Sql,
): Promise<Column[]> {
  const found: Column[] = [];
  const candidates: ColumnType[] = ['integer', 'number', 'boolean', 'date', 'timestamp'];
  for (const { name, text } of columns) {
    const counts = await database.row<Record<string, number>>(
      sql`SELECT count(${text}) AS present, count(${readAs('integer', text)}) AS integer,
                 count(${readAs('number', text)}) AS number, count(${readAs('boolean', text)}) AS boolean,
                 count(${readAs('date', text)}) AS date, count(${readAs('timestamp', text)}) AS timestamp FROM ${from}`,
    );
    const type = candidates.find((candidate) => counts['present'] !== 0 && counts[candidate] === counts['present']);
    found.push({ name, type: type ?? 'text' });
  }
  return found;
}
