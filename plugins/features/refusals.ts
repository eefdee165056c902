import { UserError } from '@trainyard/errors';
import type { Column } from '@trainyard/tables/sql';

export function holdsNumbers({ type }: Pick<Column, 'type'>): boolean {
  return type === 'number' || type === 'integer';
}

export function requireNumbers(column: Column, list: string): void {
  if (holdsNumbers(column)) return;
  throw new UserError(`column "${column.name}" does not hold numbers`, {
    where: { column: column.name, field: `recipe.${list}` },
    expected: 'a column of numbers or integers',
    actual: column.type,
    remedy: 'make it categorical, or read it as numbers when it is ingested',
  });
}

export function requireText(column: Column, list: string): void {
  if (column.type === 'text') return;
  throw new UserError(`column "${column.name}" does not hold text`, {
    where: { column: column.name, field: `recipe.${list}` },
    expected: 'a column of text',
    actual: column.type,
  });
}

export function requireTimes(column: Column, list: string): void {
  if (column.type === 'date' || column.type === 'timestamp') return;
  throw new UserError(`column "${column.name}" does not hold dates or times`, {
    where: { column: column.name, field: `recipe.${list}` },
    expected: 'a column of dates or timestamps',
    actual: column.type,
    remedy: 'say its type in the schema when it is ingested, or its format in a rule of clean.table',
  });
}

export function allMissing(column: string): UserError {
  return new UserError(`column "${column}" is missing in every row of the training part`, {
    where: { column },
    expected: 'at least one value',
    actual: 'none',
    remedy: 'drop the column from the recipe',
  });
}

export function tooMany(column: string, count: number, most: number, actual: string, raise: string): UserError {
  return new UserError(`column "${column}" has ${count} distinct values, too many for categories`, {
    where: { column },
    expected: `at most ${most}`,
    actual,
    remedy: `drop the column if it identifies rows; otherwise raise ${raise}`,
  });
}
