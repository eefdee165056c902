import { UserError } from '../../../core/index.js';
import { requireColumn, ROW_ID, type Column } from '@trainyard/tables/sql';
import { notFor } from '../not-for.js';

/** The column of a name, which must not be the identity of rows. */
export function columnOf(rule: string, columns: readonly Column[], name: string): Column {
  if (name === ROW_ID) throw notFor(rule, name, 'it is the identity of rows');
  return requireColumn(columns, name, `rule "${rule}"`);
}

/** A column of numbers or integers. */
export function numericOf(rule: string, columns: readonly Column[], name: string): Column {
  const column = columnOf(rule, columns, name);
  if (column.type === 'number' || column.type === 'integer') return column;
  throw notFor(rule, name, `it holds ${column.type}, not numbers`);
}

export function nothingToLearn(rule: string, column: string): UserError {
  return new UserError(`rule "${rule}" finds no value in column "${column}" of the training part`, {
    where: { column, field: 'rules', port: 'train' },
    expected: 'at least one value',
    actual: 'none',
    remedy: 'drop the column, or fill it with a constant (rule fill)',
  });
}
