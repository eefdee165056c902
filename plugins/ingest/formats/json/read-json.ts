import { UserError } from '../../../../core/index.js';
import {
  clashOf,
  inner,
  innerName,
  join,
  rawColumn,
  RECORD,
  sql,
  type Database,
  type RawColumn,
  type RawText,
  type Sql,
} from '@trainyard/tables';
import { FILE, JSON_TEXT, LINE, loadRecords, NUMBER, RECORDS, type JsonFile, type JsonRecords } from './lines.js';
import { emptyShape, leavesOf, objectsOf, pointerTo, structureOf, widen, type JsonType, type Leaf } from './shape.js';

/** The most columns of one table; more are keys that hold data, such as dates or names. */
const MOST_COLUMNS = 20_000;
/** Columns that one query asks of: the time to plan it grows with their square. */
const CHUNK = 64;
const WHOLE = BigInt(Number.MAX_SAFE_INTEGER);
const [RAW, PLACES, FIELDS] = [inner('json cells'), inner('json places'), inner('fields')];

export interface JsonOptions extends JsonRecords {
  /** What lists become: JSON text, or a refusal. */
  readonly arrays: 'text' | 'refuse';
  /**
   * What a column of several types becomes. Where that is not said it is refused, but where rows may be left out: its cells are text
   * that come with the type which they have, so that those of another type than is declared are set aside, with their rows.
   */
  readonly mixed?: 'text' | 'refuse' | undefined;
}

/**
 * Reads JSON records as cells. The key `b` of an object at `a` is the column `a.b`; a list is its JSON text. Numbers keep
 * their digits: what they are is decided over all records, as for CSV; text is text, but for dates and times that
 * are such in all records. Throws a UserError for records that contradict each other.
 */
export async function readJson(
  database: Database,
  name: string,
  files: readonly JsonFile[],
  options: JsonOptions,
  scratch: string,
): Promise<RawText> {
  const leftOut = await loadRecords(database, files, options, scratch);
  const placeOf = async (record: number): Promise<{ file: string; line: number }> => {
    const { file, line } = await database.row<{ file: number; line: number }>(
      sql`SELECT ${FILE} AS file, ${LINE} AS line FROM ${RECORDS} WHERE ${NUMBER} = ${BigInt(record)}`,
    );
    return { file: files[file]?.name ?? name, line };
  };
  const shape = emptyShape();
  const structures = database.batches<{ structure: string; first: number }>(
    sql`SELECT structure, min(${NUMBER}) AS first FROM (SELECT ${NUMBER}, json_structure(${JSON_TEXT})::VARCHAR AS structure FROM ${RECORDS})
        GROUP BY structure ORDER BY first`,
  );
  let columns = 0;
  for await (const batch of structures)
    for (const { structure, first } of batch) {
      widen(shape, JSON.parse(structure), first);
      columns = leavesOf(shape).length;
      if (columns > MOST_COLUMNS)
        throw new UserError(`${name} has more than ${MOST_COLUMNS} keys, so its keys hold data`, {
          where: { file: name },
          remedy: 'write keys as values before it is read',
        });
    }
  const leaves = leavesOf(shape);
  requireNames(name, leaves);
  await refuseRepeated(database, objectsOf(shape), placeOf);
  for (const leaf of [...leaves, ...objectsOf(shape).map((path) => ({ path, shape: at(shape, path) }))])
    await requireOneType(leaf, options, placeOf);

  const cells = leaves.map((leaf) => cellOf(leaf));
  await database.run(
    sql`CREATE OR REPLACE TABLE ${RAW} AS SELECT ${join([
      RECORD,
      ...cells.map((cell, i) => sql`${cell.value} AS ${rawColumn(i)}`),
      ...cells.flatMap(({ kind }, i) => (kind ? [sql`${kind} AS ${kindColumn(i)}`] : [])),
    ])} FROM (SELECT ${NUMBER} AS ${RECORD}, json_transform(${JSON_TEXT}, ${JSON.stringify(structureOf(shape))}) AS ${FIELDS} FROM ${RECORDS})`,
  );
  await database.run(sql`CREATE OR REPLACE TABLE ${PLACES} AS SELECT ${NUMBER}, ${FILE}, ${LINE} FROM ${RECORDS}`);
  await database.run(sql`DROP TABLE ${RECORDS}`);
  const mixed = leaves.filter(({ shape: { types } }) => types.size > 1);
  const tellsTypes = options.setAside && options.mixed === undefined;
  const typed = await typesOf(database, leaves, cells);
  return {
    name,
    ...(mixed.length > 0 && {
      notes: mixed.map(
        ({ path, shape: { types } }) =>
          `"${path.join('.')}" holds values of several types (${[...types.keys()].join(', ')}), which were read as text${tellsTypes ? '; where a schema declares it, those of another type are left out' : ''}`,
      ),
    }),
    columns: tellsTypes ? typed.map((one, i) => (cells[i]?.kind ? { ...one, kinds: kindColumn(i) } : one)) : typed,
    cells: RAW,
    numbered: RAW,
    ...(leftOut && { leftOut }),
    locate: async (records) => {
      const rows = await database.rows<{ n: number; file: number; line: number }>(
        sql`SELECT ${NUMBER} AS n, ${FILE} AS file, ${LINE} AS line FROM ${PLACES}
            WHERE ${NUMBER} IN (SELECT unnest(${records.map(BigInt)}))`,
      );
      return new Map(
        rows.map(({ n, file, line }) => [n, files.length > 1 ? { file: files[file]?.name, line } : { line }]),
      );
    },
  };
}

type PlaceOf = (record: number) => Promise<{ readonly file: string; readonly line: number }>;

function at(shape: Leaf['shape'], path: readonly string[]): Leaf['shape'] {
  return path.reduce((known, key) => known.keys.get(key) ?? emptyShape(), shape);
}

/** A column's cells, and what they are. */
interface Cell {
  readonly value: Sql;
  /** What all of a column's cells are. */
  readonly type: JsonType | undefined;
  /** What each cell is, where they are of several types. */
  readonly kind?: Sql;
}

function kindColumn(index: number): Sql {
  return inner(`kind ${index}`);
}

function cellOf({ path, shape }: Leaf): Cell {
  const field = path.reduce((from, key) => sql`struct_extract(${from}, ${key})`, FIELDS);
  const text = sql`nullif(${field}::VARCHAR, 'null')`;
  const [type, ...others] = shape.types.keys();
  if (others.length > 0)
    return {
      value: sql`(CASE WHEN starts_with(${text}, '"') THEN ${field}->>'$' ELSE ${text} END)`,
      type: undefined,
      kind: sql`(CASE json_type(${field}) WHEN 'VARCHAR' THEN 'text' WHEN 'BOOLEAN' THEN 'boolean' WHEN 'ARRAY' THEN 'list' ELSE 'number' END)`,
    };
  if (type === 'text') return { value: sql`(${field}->>'$')`, type };
  if (type === 'boolean') return { value: sql`(${text} = 'true')`, type };
  // An object without keys is nothing.
  return { value: type === 'object' ? sql`NULL::VARCHAR` : text, type };
}

/**
 * Columns with the types that JSON says. Numbers are read over all rows, and are text where a whole number among them is
 * beyond what a double holds; texts that are all dates or all times are read as such.
 */
async function typesOf(
  database: Database,
  leaves: readonly Leaf[],
  cells: readonly { readonly type: JsonType | undefined }[],
): Promise<RawColumn[]> {
  const asked = cells.flatMap(({ type }, i) => {
    const cell = rawColumn(i);
    if (type === 'number')
      return {
        i,
        open: sql`bool_and(NOT regexp_full_match(${cell}, '-?\\d{16,}') OR abs(try_cast(${cell} AS BIGINT)) <= ${WHOLE})`,
      };
    if (type === 'text')
      return {
        i,
        open: sql`bool_and(regexp_full_match(${cell}, '\\d{4}-\\d\\d-\\d\\d')) OR bool_and(regexp_full_match(${cell}, '\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d.*'))`,
      };
    return [];
  });
  const open = new Set<number>();
  for (let from = 0; from < asked.length; from += CHUNK) {
    const part = asked.slice(from, from + CHUNK);
    const counted = part.map(({ i, open }) => sql`coalesce(${open}, false) AS ${inner(`open ${i}`)}`);
    const row = await database.row<Record<string, boolean>>(sql`SELECT ${join(counted)} FROM ${RAW}`);
    for (const { i } of part) if (row[innerName(`open ${i}`)]) open.add(i);
  }
  return leaves.map(({ path }, i) => {
    const name = path.join('.');
    if (open.has(i)) return { name };
    return { name, type: cells[i]?.type === 'boolean' ? ('boolean' as const) : ('text' as const) };
  });
}

function requireNames(name: string, leaves: readonly Leaf[]): void {
  const clash = clashOf(leaves.map(({ path }) => path.join('.')));
  if (clash)
    throw new UserError(`two keys of ${name} are the columns "${clash[0]}" and "${clash[1]}", which are one`, {
      where: { file: name, column: clash[1] },
      expected: 'keys that differ by more than case, and no key with a point that is one of an object too',
      actual: `"${clash[0]}" and "${clash[1]}"`,
      remedy: 'rename one of them where the records are written',
    });
  const siblings = new Map<string, string[]>();
  for (const { path } of leaves)
    for (let depth = 0; depth < path.length; depth++) {
      const parent = JSON.stringify(path.slice(0, depth));
      const known = siblings.get(parent) ?? [];
      const key = path[depth] ?? '';
      if (!known.includes(key)) siblings.set(parent, [...known, key]);
    }
  for (const keys of siblings.values()) {
    const same = clashOf(keys);
    if (same)
      throw new UserError(
        `${name} has the keys "${same[0]}" and "${same[1]}" in one object, which are one to the database`,
        {
          where: { file: name, column: same[1] },
          expected: 'keys that differ by more than case',
          remedy: 'rename one of them where the records are written',
        },
      );
  }
}

/** JSON lets a key stand twice in an object; of the two values one would be lost. */
async function refuseRepeated(
  database: Database,
  objects: readonly (readonly string[])[],
  placeOf: PlaceOf,
): Promise<void> {
  for (const path of objects) {
    const keys = path.length === 0 ? sql`json_keys(${JSON_TEXT})` : sql`json_keys(${JSON_TEXT}, ${pointerTo(path)})`;
    const [found] = await database.rows<{ n: number }>(
      sql`SELECT min(${NUMBER}) AS n FROM ${RECORDS} WHERE len(${keys}) <> len(list_distinct(${keys})) HAVING n IS NOT NULL`,
    );
    if (!found) continue;
    const { file, line } = await placeOf(found.n);
    throw new UserError(`${file} has a record with a key that stands twice in one object`, {
      where: { file, row: line, column: path.join('.') || undefined },
      expected: 'each key once',
      remedy: 'correct the record',
    });
  }
}

/** Throws where a column is an object in one record and something else in another, and for several types where those are refused. */
async function requireOneType({ path, shape }: Leaf, options: JsonOptions, placeOf: PlaceOf): Promise<void> {
  const column = path.join('.');
  const types = [...shape.types];
  const refuses = options.mixed === 'refuse' || (options.mixed === undefined && !options.setAside);
  const isMixed = types.length > 1 && (shape.types.has('object') || refuses);
  const list = shape.types.get('array');
  if (!isMixed && (list === undefined || options.arrays === 'text')) return;
  const places = await Promise.all(
    (isMixed ? types : [['array', list ?? 1] as const]).map(async ([type, first]) => {
      const { file, line } = await placeOf(first);
      return { file, line, said: `${type} in ${file}, ${line}` };
    }),
  );
  const [{ file, line } = { file: undefined, line: undefined }] = places.slice(-1);
  throw new UserError(
    isMixed ? `the key "${column}" holds values of several types` : `the key "${column}" holds lists`,
    {
      where: { file, row: line, column },
      expected: isMixed ? 'values of one type, or none' : 'numbers, text, true or false, or objects of those',
      actual: places.map(({ said }) => said).join('; '),
      remedy: shape.types.has('object')
        ? 'correct the records: an object cannot be a cell'
        : isMixed
          ? "correct the records; take all of them as text: format: { …, mixed: 'text' }; or declare the column in a schema, and leave others out: bad: { limit }, without mixed"
          : "leave arrays: 'refuse' out, which gives their JSON text",
    },
  );
}
