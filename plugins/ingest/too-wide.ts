import { isTrainyardError, UserError } from '../../core/index.js';

/** Columns up to which a table fits into a node's memory, however few its rows are: each takes room for 2,048 cells, several times. */
const FITS = 4_000;

/** What is said of a source of so many columns that its cells do not fit into memory; the error itself where that is not why. */
export function tooWide(error: unknown, name: string, columns: number): unknown {
  if (columns <= FITS || !isTrainyardError(error) || error.code !== 'TY-NODE-MEMORY') return error;
  return new UserError(`${name} has ${columns} columns, which do not fit into the memory of a node at once`, {
    where: { file: name },
    expected: `some ${FITS} columns or fewer`,
    actual: `${columns} columns`,
    remedy:
      'write wide rows as long ones, a row for each value; or as several files, which tables.join puts together once each has been reduced',
    cause: error,
  });
}
