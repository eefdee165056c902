import { UserError } from '@trainyard/errors';
import { id, type Sql } from './sql.js';

/** What the names start with that queries use inside; no column of a table may. Compared without case. */
export const INNER = '~ty ';

/** A name for use inside queries that no column of a table can have, as an SQL identifier. */
export function inner(name: string): Sql {
  return id(innerName(name));
}

/** The text of such a name, for rows that are read by it and for `Database.insert`. */
export function innerName(name: string): string {
  return `${INNER}${name}`;
}

/** A name as the database compares it. Names that are equal so are one column to it. */
export function foldName(name: string): string {
  return name.toLowerCase();
}

/** The first two names that are equal, or equal but for case; `undefined` where all differ. */
export function clashOf(names: readonly string[]): readonly [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = foldName(name);
    const earlier = seen.get(folded);
    if (earlier !== undefined) return [earlier, name];
    seen.set(folded, name);
  }
  return undefined;
}

/**
 * Throws a UserError for column names that a table cannot keep: two that are equal but for case, since the database
 * takes them for one column; names kept for use inside; `__proto__`, which no JavaScript object keeps as its own.
 */
export function requireNames(names: readonly string[]): void {
  const clash = clashOf(names);
  if (clash) {
    throw new UserError(`two columns have the names "${clash[0]}" and "${clash[1]}", which are one to the database`, {
      where: { column: clash[1] },
      expected: 'names that differ by more than case',
      actual: `"${clash[0]}" and "${clash[1]}"`,
      remedy: 'rename one of them where the table is made',
    });
  }
  for (const name of names) {
    if (name === '__proto__') {
      throw new UserError('a column cannot be called "__proto__": rows and models would lose it', {
        where: { column: name },
        remedy: 'rename it where the table is made',
      });
    }
    if (isInner(name)) {
      throw new UserError(
        `a column cannot be called "${name}": names that start with "${INNER}" are used inside queries`,
        {
          where: { column: name },
          remedy: 'rename it where the table is made',
        },
      );
    }
  }
}

/** Whether a name is kept for use inside queries. */
export function isInner(name: string): boolean {
  return foldName(name).startsWith(INNER);
}
