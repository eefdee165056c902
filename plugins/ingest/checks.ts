import { sayWritten, sql, type Database, type Sql } from '@trainyard/tables';
import type { ColumnSchema } from '@trainyard/tables/schema';

/** One thing that a schema asks of a cell: rows for which `failing` is true break it. */
export interface Check {
  /** What it is called: `required`, `type`, `range`, `length`, `values`, `pattern`. */
  readonly rule: string;
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
    checks.push({
      rule: 'required',
      expected: 'a value; the schema allows none to be missing',
      failing: sql`${text} IS NULL`,
    });
  if (column.type !== 'text') {
    checks.push({
      rule: 'type',
      expected: sayWritten(column.type, column.written),
      failing: sql`${text} IS NOT NULL AND ${value} IS NULL`,
    });
  }
  const { min, max, values, pattern } = column;
  if (min !== undefined || max !== undefined) {
    const measured = column.type === 'text' ? sql`length(${text})` : value;
    const unit = column.type === 'text' ? ' characters' : '';
    const parts = [min === undefined ? undefined : `at least ${min}`, max === undefined ? undefined : `at most ${max}`];
    checks.push({
      rule: column.type === 'text' ? 'length' : 'range',
      expected: parts.filter((part) => part !== undefined).join(' and ') + unit,
      failing: sql`${measured} < ${min ?? -Infinity} OR ${measured} > ${max ?? Infinity}`,
    });
  }
  if (values) {
    const said = values.slice(0, 12).map((one) => JSON.stringify(one));
    checks.push({
      rule: 'values',
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
      checks.push({
        rule: 'pattern',
        expected: `text that matches /${pattern}/`,
        failing: sql`list_contains(${refused}, ${text})`,
      });
    }
  }
  return checks;
}
