import { UserError } from '../../../core/index.js';
import { sayNearest, type Place } from '@trainyard/errors';
import { ROW_ID, type TableSchema } from '@trainyard/tables/schema';
import type { RawText } from './raw-text.js';
import { clashOf, foldName, INNER, isInner } from '@trainyard/tables';

/**
 * Throws a UserError for names that a table cannot keep, with the line that has them: empty ones, two that are equal or
 * equal but for case, and those that are kept for other uses.
 */
export function checkNames({ name: file, columns, headerLine }: RawText): void {
  const names = columns.map(({ name }) => name);
  const place = (column: string): Place => ({ file, row: headerLine, column });
  const remedy = headerLine === undefined ? 'rename it in the source' : `rename it in line ${headerLine}`;
  names.forEach((name, index) => {
    const where = place(name || String(index + 1));
    if (name === '') {
      throw new UserError(`column ${index + 1} of ${file} has no name`, {
        where,
        expected: 'a name for each column',
        remedy: `${headerLine === undefined ? 'name it in the source' : `name it in line ${headerLine}`}; row numbers that a program wrote beside the data are best left out`,
      });
    }
    if (name.includes('\0')) {
      throw new UserError(`the name of column ${index + 1} of ${file} holds a NUL character`, { where, remedy });
    }
    if (name === '__proto__') {
      throw new UserError(`${file} has a column "__proto__", which rows and models would lose`, { where, remedy });
    }
    if (foldName(name) === ROW_ID) {
      throw new UserError(`${file} has a column "${name}", which is kept for the identity of rows`, {
        where,
        remedy: `rename the column; to identify rows by it, pass its new name as key`,
      });
    }
    if (isInner(name)) {
      throw new UserError(`${file} has a column "${name}": names that start with "${INNER}" are used inside queries`, {
        where,
        remedy,
      });
    }
  });
  const clash = clashOf(names);
  if (!clash) return;
  const [first, second] = clash;
  const at = names.indexOf(first);
  const again = names.findIndex((name, index) => index > at && foldName(name) === foldName(second));
  throw new UserError(
    first === second
      ? `${file} has two columns of the name "${first}"`
      : `${file} has two columns whose names differ by case alone: "${first}" and "${second}"`,
    {
      where: place(second),
      expected: first === second ? 'each column name once' : 'names that differ by more than case',
      actual: `column ${at + 1} is "${first}", column ${again + 1} is "${second}"`,
      remedy:
        headerLine === undefined ? 'rename one of them in the source' : `rename one of them in line ${headerLine}`,
    },
  );
}

/** The columns to read, in the file's order. Throws a UserError where file and schema do not agree. */
export function columnsToRead(names: readonly string[], schema: TableSchema | undefined, file: string): string[] {
  if (!schema) return [...names];
  const wanted = Object.keys(schema.columns);
  const lacking = wanted.filter((name) => !names.includes(name));
  if (lacking[0] !== undefined) {
    throw new UserError(
      `${file} lacks ${lacking.length === 1 ? 'a column' : `${lacking.length} columns`} of its schema`,
      {
        where: { file, row: 1, column: lacking[0] },
        expected: `the columns ${wanted.join(', ')}`,
        actual: names.join(', ').slice(0, 500),
        remedy: lacking.map((name) => `"${name}": ${sayNearest(name, names)}`).join('; '),
      },
    );
  }
  const more = names.filter((name) => !wanted.includes(name));
  if (schema.extra === 'refuse' && more[0] !== undefined) {
    throw new UserError(`${file} has columns that its schema does not have`, {
      where: { file, row: 1, column: more[0] },
      expected: `no columns but ${wanted.join(', ')}`,
      actual: more.join(', ').slice(0, 500),
    });
  }
  return schema.extra === 'keep' ? [...names] : names.filter((name) => wanted.includes(name));
}

/** A name that parameters give for one of a file's columns; throws a UserError that offers the nearest. */
export function requireName(names: readonly string[], name: string, parameter: string, file: string): void {
  if (names.includes(name)) return;
  throw new UserError(`${parameter} names column "${name}", which ${file} does not have`, {
    where: { file, column: name, field: parameter },
    expected: `one of ${names.join(', ').slice(0, 500)}`,
    remedy: sayNearest(name, names),
  });
}
