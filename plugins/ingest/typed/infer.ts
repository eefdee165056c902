import { id, inner, join, sql, type Database, type Sql } from '@trainyard/tables';
import { EVIDENCE, isEvidence, ownValue, type Evidence, type Inferred } from './own-text.js';
import type { MissingTexts } from './missing.js';
import { rawColumn, RECORD, sayPlace, textOf, type RawText } from './raw-text.js';

/** Columns that one query reads: the time to plan a query grows with their square. */
export const CHUNK = 64;
/** Rows that are looked at first: a cell among them that is of no type makes a column text, whatever follows. */
const FIRST = 20_000;
/** From this share of its cells on, a column is nearly of a type, which a person is told. */
const NEARLY = 0.9;

/**
 * Cells of a column, counted by what their texts are evidence of. `present` are those that are not missing, `absent` are those among the present ones that stand for
 * missing cells unless the column holds numbers.
 */
type Counts = Readonly<Record<Evidence | 'cells' | 'present' | 'absent', number>>;

/** What the types of columns are, by their places, and what a person should know of the choice. */
export interface Inference {
  readonly types: ReadonlyMap<number, Inferred>;
  readonly notes: readonly string[];
}

/**
 * The types of columns that nothing declares: a type only where each cell is that type's own text. What the first rows
 * say is taken for the columns that it settles, and as a guess, to be checked by who reads the cells, for the others
 * unless `whole` asks for all rows.
 */
export async function inferTypes(
  database: Database,
  raw: RawText,
  indices: readonly number[],
  missing: MissingTexts,
  whole: boolean,
): Promise<Inference> {
  const types = new Map<number, Inferred>();
  const notes: string[] = [];
  for (const part of chunked(indices)) {
    const cells = join(part.map((index) => rawColumn(index)));
    const start = sql`(SELECT ${cells} FROM ${raw.cells} LIMIT ${BigInt(FIRST)})`;
    const first = await countsOf(database, raw, start, part, missing);
    const open: number[] = [];
    for (const index of part) {
      const counts = first.get(index) ?? NONE;
      const type = typeOf(counts);
      types.set(index, type);
      // Fewer than were asked for are all that there are.
      if (isSettled(counts) || counts.cells < FIRST)
        notes.push(...(await nearly(database, raw, index, counts, missing)));
      else if (whole || type.type === 'text') open.push(index);
    }
    if (open.length === 0) continue;
    for (const [index, counts] of await countsOf(database, raw, raw.cells, open, missing)) {
      types.set(index, typeOf(counts));
      notes.push(...(await nearly(database, raw, index, counts, missing)));
    }
  }
  return { types, notes };
}

const NONE = Object.fromEntries(['cells', 'present', 'absent', ...EVIDENCE].map((kind) => [kind, 0])) as Counts;

/**
 * All columns go through one expression, cell by cell, since the time to plan a query grows with what it says. A text is
 * evidence of one thing at most.
 */
async function countsOf(
  database: Database,
  raw: RawText,
  from: Sql,
  indices: readonly number[],
  missing: MissingTexts,
): Promise<Map<number, Counts>> {
  if (indices.length === 0) return new Map();
  const [column, text, kind] = [inner('column'), inner('text'), inner('kind')];
  const texts = indices.map((index) => textOf(raw, index, missing.always));
  const kinds = EVIDENCE.map((one) => sql`WHEN ${isEvidence(one, text)} THEN ${one}`);
  const counted = EVIDENCE.map((one) => sql`count(*) FILTER (${kind} = ${one}) AS ${id(one)}`);
  const rows = await database.rows<{ column: number } & Record<keyof Counts, number>>(
    sql`SELECT ${column} AS "column", count(*) AS cells, count(${text}) AS present,
               count(*) FILTER (list_contains(${missing.unlessNumber}::VARCHAR[], ${text})) AS absent, ${join(counted)}
        FROM (SELECT ${column}, ${text}, CASE ${join(kinds, ' ')} END AS ${kind}
              FROM (SELECT unnest(${indices}) AS ${column}, unnest([${join(texts)}]) AS ${text} FROM ${from}))
        GROUP BY ${column}`,
  );
  return new Map(rows.map(({ column: index, ...counts }) => [index, counts]));
}

/** The type that all of these cells are of: text where there is none, or no cell. */
function typeOf(counts: Counts): Inferred {
  const { present, absent, integer, decimal, exponent, nonFinite, boolean, date, local, zoned } = counts;
  if (areNumbers(counts)) {
    if (integer === present && integer > 0) return { type: 'integer' };
    if (decimal > 0 || (integer > 0 && exponent === 0)) return { type: 'number' };
  }
  const others = present - absent;
  if (others === 0 || nonFinite > absent) return { type: 'text' };
  if (boolean === others) return { type: 'boolean' };
  if (date === others) return { type: 'date' };
  if (date + local === others) return { type: 'timestamp' };
  if (zoned === others) return { type: 'timestamp', zoned: true };
  return { type: 'text' };
}

function areNumbers({ present, integer, decimal, exponent, nonFinite }: Counts): boolean {
  return integer + decimal + exponent + nonFinite === present;
}

/** Whether these cells make the column text, whatever others it has. */
function isSettled(counts: Counts): boolean {
  const { present, absent, boolean, date, local, zoned } = counts;
  const others = present - absent;
  return !areNumbers(counts) && boolean < others && date + local < others && zoned < others;
}

/** A sentence about a text column of which nearly all cells are of a type, with the first that is not. */
async function nearly(
  database: Database,
  raw: RawText,
  index: number,
  counts: Counts,
  missing: MissingTexts,
): Promise<string[]> {
  if (typeOf(counts).type !== 'text') return [];
  const { present, integer, decimal, exponent, boolean, date, local, zoned } = counts;
  const families: [number, string, readonly Inferred[]][] = [
    [integer + decimal, 'numbers', [{ type: 'number' }]],
    [boolean, 'true or false', [{ type: 'boolean' }]],
    [date + local, 'dates or times without a zone', [{ type: 'timestamp' }]],
    [zoned, 'times with a zone', [{ type: 'timestamp', zoned: true }]],
    [exponent, 'numbers such as 1e5, which may be identifiers', []],
  ];
  const [most, said, types] = families.reduce((best, one) => (one[0] > best[0] ? one : best));
  if (most < NEARLY * present || most === 0) return [];
  const name = raw.columns[index]?.name ?? '';
  const text = textOf(raw, index, [...missing.always, ...missing.unlessNumber]);
  const others = types.map((type) => sql`${ownValue(type, text)} IS NULL`);
  const [other] =
    others.length === 0
      ? []
      : await database.rows<{ record: number; text: string }>(
          sql`SELECT ${RECORD} AS record, ${text} AS text FROM ${raw.numbered}
        WHERE ${text} IS NOT NULL AND ${join(others, ' AND ')} ORDER BY record LIMIT 1`,
        );
  const place = other && sayPlace((await raw.locate([other.record])).get(other.record), other.record);
  const first = other && `; the first other one is ${JSON.stringify(other.text.slice(0, 60))}, ${place}`;
  return [
    `column "${name}" is read as text: ${most} of ${present} cells looked at are ${said}${first ?? ''}; a schema says what it is`,
  ];
}

/** Places of columns, as many together as one query reads. */
export function chunked<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, i) => items.slice(i * CHUNK, (i + 1) * CHUNK));
}
