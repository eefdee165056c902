import { UserError } from '../../../../core/index.js';
import { id, join, Sql, sql, type ColumnType, type Database } from '@trainyard/tables';
import { memberTypes } from './types.js';

export interface ParquetOptions {
  /** What bytes become: base 64 (RFC 4648), or a refusal. */
  readonly bytes: 'base64' | 'refuse';
}

/** A column of the table, and the SQL that gives its cells. */
export interface ParquetCell {
  readonly name: string;
  readonly type: ColumnType;
  readonly value: Sql;
}

/** A value of the files before it is known whether it can be kept as the type that comes to mind. */
interface Field {
  readonly name: string;
  readonly value: Sql;
  readonly type: string;
}

const WHOLE = BigInt(Number.MAX_SAFE_INTEGER);

/** How each column is read: what its values can be kept as is asked of all rows, in one pass. */
export async function cellsOf(
  database: Database,
  source: string,
  types: ReadonlyMap<string, string>,
  from: Sql,
  options: ParquetOptions,
): Promise<ParquetCell[]> {
  const fields = [...types].flatMap(([name, type]) => fieldsOf({ name, value: id(name), type }));
  const asked = fields.flatMap((field, i) => {
    const fits = fitOf(field);
    return fits === undefined ? [] : [{ i, name: `fits ${i}`, fits }];
  });
  const answers =
    asked.length === 0
      ? {}
      : await database.row<Record<string, boolean | null>>(
          sql`SELECT ${join(asked.map(({ name, fits }) => sql`coalesce(bool_and(${fits}), true) AS ${id(name)}`))} FROM ${from}`,
        );
  return fields.map((field, i) => cellOf(field, answers[`fits ${i}`] !== false, source, options));
}

function fieldsOf(field: Field): Field[] {
  const members = /^STRUCT\(/.test(field.type) && !field.type.endsWith(']') ? memberTypes(field.type) : undefined;
  if (!members) return [field];
  return members.flatMap(({ name, type }) =>
    fieldsOf({ name: `${field.name}.${name}`, value: sql`struct_extract(${field.value}, ${name})`, type }),
  );
}

/** What must be true of every value so that it can be kept as a number or a time of a table; undefined where nothing is to be asked. */
function fitOf({ value, type }: Field): Sql | undefined {
  if (/^(U?BIGINT|U?HUGEINT)$/.test(type)) return sql`${value} BETWEEN -${WHOLE} AND ${WHOLE}`;
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1];
  if (scale === '0') return sql`${value} BETWEEN -${WHOLE} AND ${WHOLE}`;
  if (scale !== undefined) return sql`try_cast(${value}::DOUBLE AS ${Sql.of(type)}) = ${value}`;
  if (type === 'TIMESTAMP_NS') return sql`epoch_ns(${value}) % 1000 = 0`;
  return undefined;
}

function cellOf({ name, value, type }: Field, fits: boolean, source: string, { bytes }: ParquetOptions): ParquetCell {
  const refused = (actual: string, remedy: string): UserError =>
    new UserError(`column "${name}" of ${source} is of a type that a table does not hold`, {
      where: { file: source, column: name },
      expected: 'numbers, text, booleans, dates, times, structs, lists or maps of those',
      actual,
      remedy,
    });
  if (type.endsWith(']') || type.startsWith('MAP(')) {
    const inner = /BLOB|TIMESTAMP_NS|DECIMAL|INTERVAL/.exec(type)?.[0];
    if (inner) throw refused(type, `write ${inner} inside of lists as text`);
    return { name, type: 'text', value: sql`to_json(${value})::VARCHAR` };
  }
  if (/^U?(TINY|SMALL)?INT(EGER)?$/.test(type) || /^(U?BIGINT|U?HUGEINT|DECIMAL\(\d+,0\))$/.test(type))
    return fits
      ? { name, type: 'integer', value: sql`${value}::BIGINT` }
      : { name, type: 'text', value: sql`${value}::VARCHAR` };
  if (type.startsWith('DECIMAL('))
    return fits
      ? { name, type: 'number', value: sql`${value}::DOUBLE` }
      : { name, type: 'text', value: sql`${value}::VARCHAR` };
  switch (type) {
    case 'FLOAT':
    case 'DOUBLE':
      return { name, type: 'number', value: sql`${value}::DOUBLE` };
    case 'BOOLEAN':
      return { name, type: 'boolean', value };
    case 'DATE':
      return { name, type: 'date', value };
    case 'TIMESTAMP WITH TIME ZONE':
      return { name, type: 'timestamp', value: sql`${value} AT TIME ZONE 'UTC'` };
    case 'TIMESTAMP':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
      if (fits) return { name, type: 'timestamp', value: sql`${value}::TIMESTAMP` };
      throw refused('times finer than a microsecond', 'round them, or write them as text, where the file is written');
    case 'BLOB':
      if (bytes === 'base64') return { name, type: 'text', value: sql`to_base64(${value})` };
      throw refused('bytes', "pass format: { type: 'parquet', bytes: 'base64' } for their base 64");
    case 'VARCHAR':
    case 'JSON':
    case 'UUID':
    case 'TIME':
    case 'TIME WITH TIME ZONE':
    case 'BIT':
      return { name, type: 'text', value: sql`${value}::VARCHAR` };
    default:
      if (type.startsWith('ENUM(')) return { name, type: 'text', value: sql`${value}::VARCHAR` };
      throw refused(type, 'write the column as text where the file is written');
  }
}
