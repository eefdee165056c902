import { sayNearest, UserError } from '@trainyard/errors';
import type { Column } from './rows.js';
import { ROW_ID } from './schema.js';

/** The columns that hold data: all but the row identity. */
export function dataColumns(columns: readonly Column[]): Column[] {
  return columns.filter((column) => column.name !== ROW_ID);
}

/** The column of a name; throws a UserError that offers the nearest one when there is none. */
export function requireColumn(columns: readonly Column[], name: string, said: string): Column {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  const names = dataColumns(columns).map((column) => column.name);
  throw new UserError(`${said} names column "${name}", which the table does not have`, {
    where: { column: name },
    expected: `one of ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`,
    remedy: sayNearest(name, names),
  });
}
