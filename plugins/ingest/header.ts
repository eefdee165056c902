import { UserError } from '../../core/index.js';
import { sayNearest } from '@trainyard/errors';
import { ROW_ID, type TableSchema } from '@trainyard/tables/schema';
import type { CsvRecord } from './records.js';

/** The names of a file's columns, checked. Throws a UserError for duplicate, empty and reserved names. */
export function headerNames(record: CsvRecord | undefined, file: string): string[] {
  if (!record) {
    throw new UserError(`${file} has no line of column names`, {
      where: { file, row: 1 },
      expected: 'a line of column names, then a line for each row',
      actual: 'blank lines',
    });
  }
  if (record.fault) throw new UserError(`${file}: ${record.fault}`, { where: { file, row: record.line } });
  const names = record.cells.map((name) => name.trim());
  names.forEach((name, index) => {
    const where = { file, row: record.line, column: name || String(index + 1) };
    if (name === '') throw new UserError(`column ${index + 1} of ${file} has no name`, { where });
    const first = names.indexOf(name);
    if (first !== index) {
      throw new UserError(`${file} has two columns of the name "${name}"`, {
        where,
        expected: 'each column name once',
        actual: `columns ${first + 1} and ${index + 1} are both "${name}"`,
        remedy: 'rename one of them in the first line',
      });
    }
    if (name === '__proto__') {
      throw new UserError(`${file} has a column "__proto__", which rows and models would lose`, {
        where,
        remedy: 'rename it in the first line',
      });
    }
    if (name === ROW_ID) {
      throw new UserError(`${file} has a column "${ROW_ID}", which is kept for the identity of rows`, {
        where,
        remedy: `rename the column; to identify rows by it, pass its new name as key`,
      });
    }
  });
  return names;
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
