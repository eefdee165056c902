import { sql, type Sql } from '@trainyard/tables/sql';
import type { Column } from '@trainyard/tables';
import type { ColumnType } from '@trainyard/tables/schema';
import { DidNotRun, type Checked } from './rule-kind.js';

/** The column of a name, of one of these types. Throws `DidNotRun` where it is of another. */
export function columnOf(table: Checked, name: string, types?: readonly ColumnType[]): Column {
  const column = table.columns.find((one) => one.name === name);
  if (!column) throw new DidNotRun(`the table has no column "${name}"`);
  if (types && !types.includes(column.type))
    throw new DidNotRun(`column "${name}" holds ${column.type}, and the rule is for ${types.join(' or ')}`);
  return column;
}

/** Rows in which no cell of these is missing. */
export function present(cells: readonly Sql[]): Sql {
  return cells.length === 0
    ? sql`true`
    : cells.map((cell) => sql`${cell} IS NOT NULL`).reduce((a, b) => sql`${a} AND ${b}`);
}

/**
 * Whether a cell lies outside of limits. NaN does, whatever they are: DuckDB's order has it above infinity, and a comparison
 * with it is never true.
 */
export function outside(cell: Sql, type: ColumnType, min: Sql | undefined, max: Sql | undefined): Sql {
  const parts = [
    ...(type === 'number' ? [sql`isnan(${cell})`] : []),
    ...(min === undefined ? [] : [sql`${cell} < ${min}`]),
    ...(max === undefined ? [] : [sql`${cell} > ${max}`]),
  ];
  return parts.length === 0 ? sql`false` : sql`(${parts.reduce((a, b) => sql`${a} OR ${b}`)})`;
}

/** A few values in words. */
export function sayFew(values: readonly (string | number | boolean)[], most = 12): string {
  const said = values.slice(0, most).map((one) => JSON.stringify(one));
  return said.join(', ') + (values.length > most ? ', …' : '');
}
