import type { Client } from 'pg';
import { UserError } from '../../../../core/index.js';
import type { TakenColumn } from '../../row-files/index.js';

/** A column of a query, with what PostgreSQL is asked for in its place. */
export interface QueryColumn extends TakenColumn {
  /** SQL for its text; exact. */
  readonly select: string;
}

/** A query's rows as `q`. Line ends keep a comment at its end from what follows. */
export function rowsOf(query: string): string {
  return `(\n${query.replace(/[\s;]+$/, '')}\n) AS q`;
}

interface TypeFacts {
  readonly oid: number;
  readonly name: string;
  readonly category: string;
}

/**
 * The columns of a query, which is planned but not run. It goes by the extended protocol, which takes one statement alone:
 * what passes here is one SELECT wherever it stands.
 */
export async function describe(client: Client, query: string): Promise<QueryColumn[]> {
  const planned = { text: `SELECT * FROM ${rowsOf(query)} LIMIT 0`, queryMode: 'extended' };
  const { fields } = await client.query(planned);
  if (fields.length === 0) {
    throw new UserError('the query gives no columns', { where: { field: 'query' }, expected: 'at least one column' });
  }
  const twice = fields.find(({ name }, i) => fields.findIndex((other) => other.name === name) < i);
  if (twice) {
    throw new UserError(`the query gives two columns called "${twice.name}"`, {
      where: { field: 'query', column: twice.name },
      expected: 'a name of its own for each column',
      remedy: `name one of them otherwise: … AS "${twice.name} 2"`,
    });
  }
  const { rows } = await client.query<TypeFacts>({
    text: `SELECT t.oid::int8::float8 AS oid, t.typcategory AS category,
             format_type(coalesce(nullif(t.typelem, 0), t.oid), NULL) AS name
           FROM pg_catalog.pg_type AS t WHERE t.oid = ANY($1::oid[])`,
    values: [fields.map(({ dataTypeID }) => dataTypeID)],
  });
  const types = new Map(rows.map((row) => [row.oid, row]));
  return fields.map(({ name, dataTypeID, dataTypeModifier }) => {
    const type = types.get(dataTypeID);
    const column = `q.${client.escapeIdentifier(name)}`;
    const isArray = type?.category === 'A';
    if (type?.name === 'money') {
      throw new UserError(`column "${name}" is money, whose text depends on the server's locale`, {
        where: { field: 'query', column: name },
        expected: 'a type whose text says its value',
        actual: isArray ? 'money[]' : 'money',
        remedy: `cast it in the query: ${client.escapeIdentifier(name)}::numeric`,
      });
    }
    if (isArray) return { name, type: `${type.name}[]`, holds: 'text', select: `to_json(${column})` };
    return { name, type: type?.name ?? 'unknown', ...asked(dataTypeID, dataTypeModifier, column) };
  });
}

/** What a value of a built-in type is, and how it is asked for; all others are the text that PostgreSQL writes. */
function asked(oid: number, modifier: number, column: string): Pick<QueryColumn, 'holds' | 'select'> {
  switch (oid) {
    case 16:
      return { holds: 'boolean', select: column };
    case 20: // int8
    case 21: // int2
    case 23: // int4
    case 26: // oid
      return { holds: 'integer', select: column };
    case 700: // float4
    case 701: // float8
      return { holds: 'number', select: column };
    case 1700: // numeric; its modifier is 4 + (precision << 16 | scale)
      return { holds: modifier >= 4 && ((modifier - 4) & 0x7ff) === 0 ? 'integer' : 'decimal', select: column };
    case 17: // bytea
      return { holds: 'binary', select: `encode(${column}, 'hex')` };
    case 1082:
      return { holds: 'date', select: column };
    case 1114: // timestamp
      return { holds: 'timestamp', select: column };
    case 1184: // timestamptz
      return { holds: 'timestamp', select: `(${column} AT TIME ZONE 'UTC')` };
    default:
      return { holds: 'text', select: column };
  }
}
