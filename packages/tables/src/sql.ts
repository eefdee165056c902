import { UserError } from '@trainyard/errors';

/** A piece of SQL that is safe to run: made by the `sql` tag alone, so text from outside can only enter quoted. */
export class Sql {
  private constructor(readonly text: string) {}

  /** @internal For the `sql` tag and its parts. */
  static of(text: string): Sql {
    return new Sql(text);
  }
}

/** What may stand as a value in SQL. A list becomes a DuckDB list. */
export type SqlValue = string | number | boolean | bigint | null | readonly SqlValue[];

/**
 * Writes SQL: pieces of `Sql` are put in as they are, everything else becomes a quoted literal.
 *
 *     sql`select ${id(column)} from ${id('rows')} where ${id('island')} = ${island}`
 */
export function sql(strings: TemplateStringsArray, ...values: readonly (Sql | SqlValue)[]): Sql {
  const parts = strings.map((text, index) => {
    if (index >= values.length) return text;
    const value = values[index] as Sql | SqlValue;
    return text + (value instanceof Sql ? value.text : literal(value));
  });
  return Sql.of(parts.join(''));
}

/** A name as an SQL identifier, whatever is in it. Throws a UserError for names that no table can have. */
export function id(name: string): Sql {
  if (name === '' || name.includes('\0')) {
    throw new UserError('a column or table has no usable name', {
      expected: 'a name of at least one character, without NUL',
      actual: JSON.stringify(name),
    });
  }
  return Sql.of(`"${name.replaceAll('"', '""')}"`);
}

/** Pieces of SQL with a separator between them. */
export function join(parts: readonly Sql[], separator = ', '): Sql {
  return Sql.of(parts.map((part) => part.text).join(separator));
}

function literal(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'bigint') return `(${value}::BIGINT)`;
  if (typeof value === 'number') {
    // By way of text: a bare decimal would be read as DECIMAL, which rounds.
    return `('${Object.is(value, -0) ? '-0.0' : String(value)}'::DOUBLE)`;
  }
  if (typeof value === 'string') return quoted(value);
  return `[${value.map(literal).join(', ')}]`;
}

function quoted(text: string): string {
  if (!text.includes('\0')) return `'${text.replaceAll("'", "''")}'`;
  // SQL text ends at NUL, so that character is made by a function.
  return `(${text
    .split('\0')
    .map((part) => `'${part.replaceAll("'", "''")}'`)
    .join(' || chr(0) || ')})`;
}
