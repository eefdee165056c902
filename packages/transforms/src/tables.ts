import { carriedRules, id, openTable, sql, type Column, type Database, type TableFiles } from '@trainyard/tables';
import { restOfRules } from './row-rules/carried.js';
import { rulesToSql } from './row-rules/index.js';
import type { RowRule } from './row-rules/index.js';

/**
 * Makes a table artifact readable under a name, its rows taken through those of the rules that they have not gone through
 * yet; returns the columns. `part` names the table in messages. Throws a UserError for a table that was cleaned by other rules.
 */
export async function openThroughRules(
  database: Database,
  name: string,
  artifact: TableFiles,
  rules: readonly RowRule[],
  part: string,
): Promise<Column[]> {
  const rest = restOfRules(rules, carriedRules(artifact), part);
  if (rest.length === 0) return openTable(database, name, artifact);
  const given = `${name} before the rules`;
  const { query, columns, functions } = rulesToSql(rest, await openTable(database, given, artifact));
  await database.define(functions);
  await database.run(sql`CREATE OR REPLACE VIEW ${id(name)} AS ${query(id(given))}`);
  return columns;
}
