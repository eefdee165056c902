import { UserError } from '@trainyard/errors';
import { foldName, requireColumn, ROW_ID, type Column, type ColumnType } from '@trainyard/tables/sql';

/** A rule that does not fit a column, in words. */
export function notFor(rule: string, column: string, why: string, remedy?: string): UserError {
  return new UserError(`rule "${rule}" does not fit column "${column}": ${why}`, {
    where: { column, field: 'rules' },
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** The column of a name. Throws a UserError when the table lacks it, or when it is the identity of rows. */
export function columnFor(rule: string, columns: readonly Column[], name: string): Column {
  if (name === ROW_ID) throw notFor(rule, name, 'it is the identity of rows');
  return requireColumn(columns, name, `rule "${rule}"`);
}

/** The column of a name, which must be of one of these types. */
export function columnOf(rule: string, columns: readonly Column[], name: string, types: readonly ColumnType[]): Column {
  const column = columnFor(rule, columns, name);
  if (types.includes(column.type)) return column;
  const wanted = types.includes('number') ? 'numbers' : types.join(' or ');
  throw notFor(rule, name, `it holds ${column.type}, not ${wanted}`);
}

/** A column of text. */
export const textColumn = (rule: string, columns: readonly Column[], name: string): Column =>
  columnOf(rule, columns, name, ['text']);

/** A column of numbers or integers. */
export const numericColumn = (rule: string, columns: readonly Column[], name: string): Column =>
  columnOf(rule, columns, name, ['number', 'integer']);

/** The text columns of these names; all text columns of the table where none are named. */
export function textColumns(rule: string, columns: readonly Column[], names: readonly string[] | undefined): Column[] {
  if (names) return names.map((name) => textColumn(rule, columns, name));
  return columns.filter(({ name, type }) => type === 'text' && name !== ROW_ID);
}

/** Throws a UserError for a new column whose name another has, whatever its case. */
export function newColumn(rule: string, columns: readonly Column[], name: string): void {
  const taken = columns.find((column) => foldName(column.name) === foldName(name));
  if (taken) throw notFor(rule, name, `the table has a column "${taken.name}" already`);
}
