import { isUtf8 } from 'node:buffer';
import { UserError } from '../../../../core/index.js';
import type { Entry } from './stream.js';

/** The fields of an entry by name. Throws a UserError for bytes that are no text, and for a field given twice. */
export function fieldsOf({ id, fields }: Entry, stream: string, idColumn: string): Map<string, string> {
  const named = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = textOf(fields[i]!, stream, id, 'the name of a field');
    if (name === idColumn) {
      throw new UserError(
        `entry ${id} of the stream "${stream}" has a field "${name}", as the column of the ids is called`,
        {
          where: { column: name },
          remedy: "give that column another name: id: 'entry id'",
        },
      );
    }
    if (named.has(name)) {
      throw new UserError(`entry ${id} of the stream "${stream}" has the field "${name}" twice`, {
        where: { column: name },
        expected: 'each field once: a row has one value in a column',
      });
    }
    named.set(name, textOf(fields[i + 1]!, stream, id, `field "${name}"`));
  }
  return named;
}

function textOf(bytes: Buffer, stream: string, id: string, what: string): string {
  if (isUtf8(bytes)) return bytes.toString();
  throw new UserError(`${what} in entry ${id} of the stream "${stream}" is not text`, {
    expected: 'text in UTF-8',
    actual: JSON.stringify(bytes.toString('latin1').slice(0, 80)),
    remedy: 'write such values in base 64',
  });
}
