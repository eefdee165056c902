import { UserError } from '../../../core/index.js';
import {
  inner,
  join,
  rawColumn,
  readRaw,
  RECORD,
  sql,
  type Database,
  type RawColumn,
  type RawText,
  type RecordPlace,
} from '@trainyard/tables';

const [STACKED, LEFT_OUT] = [inner('stacked'), inner('left out')];

/** A file of several that are one table. */
export interface Part {
  /** What people call it. */
  readonly name: string;
  read(): Promise<RawText>;
}

/**
 * Reads files as one table, one after the other in the order given: their types are decided over all of them. Columns may
 * stand in another order in each. Throws a UserError where a file has other columns than the first.
 */
export async function stack(database: Database, name: string, parts: readonly Part[]): Promise<RawText> {
  let columns: readonly RawColumn[] = [];
  const read: {
    readonly leavesOut: boolean;
    readonly name: string;
    readonly from: number;
    readonly locate: RawText['locate'];
  }[] = [];
  const notes: string[] = [];
  let records = 0;
  let leftOut = 0;
  for (const [i, part] of parts.entries()) {
    const raw = await part.read();
    if (i === 0) columns = raw.columns;
    const places = placesOf(columns, raw, parts[0]?.name ?? name, part.name);
    const cells = places.map((place, column) => sql`${rawColumn(place)} AS ${rawColumn(column)}`);
    // What was read in the end, which leaves out more where the first road gave up.
    const { leftOut: left, locate } = await readRaw(raw, async (one) => {
      const { numbered } = one;
      const rows = sql`SELECT (${RECORD} + ${BigInt(records)})::BIGINT AS ${RECORD}, ${join(cells)} FROM ${numbered}`;
      await database.run(
        i === 0 ? sql`CREATE OR REPLACE TABLE ${STACKED} AS ${rows}` : sql`INSERT INTO ${STACKED} ${rows}`,
      );
      return one;
    });
    if (left) {
      const rest = sql`SELECT file, line, text, rule, expected FROM ${left.rows}`;
      const first = leftOut === 0 && !read.some((one) => one.leavesOut);
      await database.run(
        first ? sql`CREATE OR REPLACE TABLE ${LEFT_OUT} AS ${rest}` : sql`INSERT INTO ${LEFT_OUT} ${rest}`,
      );
      leftOut += left.count;
    }
    read.push({ leavesOut: left !== undefined, name: part.name, from: records, locate });
    notes.push(...(raw.notes ?? []).map((note) => `${part.name}: ${note}`));
    records = (await database.row<{ n: number }>(sql`SELECT count(*) AS n FROM ${STACKED}`)).n;
  }
  return {
    name,
    columns,
    cells: STACKED,
    numbered: STACKED,
    notes,
    ...(read.some((one) => one.leavesOut) ? { leftOut: { count: leftOut, rows: LEFT_OUT } } : {}),
    locate: async (wanted) => {
      const found = new Map<number, RecordPlace>();
      for (const [i, { name: file, from, locate }] of read.entries()) {
        const to = read[i + 1]?.from ?? records;
        const own = wanted.filter((record) => record > from && record <= to);
        if (own.length === 0) continue;
        const places = await locate(own.map((record) => record - from));
        for (const record of own) found.set(record, { ...places.get(record - from), file });
      }
      return found;
    },
  };
}

/** For each column of the first file its place in another. */
function placesOf(columns: readonly RawColumn[], raw: RawText, first: string, file: string): number[] {
  const places = new Map(raw.columns.map((column, place) => [column.name, place]));
  const lacking = columns.filter((column) => !places.has(column.name)).map((column) => column.name);
  const more = raw.columns
    .filter((column) => !columns.some((one) => one.name === column.name))
    .map((column) => column.name);
  if (lacking.length > 0 || more.length > 0 || raw.columns.length !== columns.length)
    throw new UserError(`${file} has other columns than ${first}, and both are to be one table`, {
      where: { file, column: lacking[0] ?? more[0] },
      expected: `the columns ${columns.map((column) => column.name).join(', ')}`.slice(0, 500),
      actual: [
        lacking.length > 0 ? `without ${lacking.join(', ')}` : '',
        more.length > 0 ? `with ${more.join(', ')}` : '',
      ]
        .filter((text) => text !== '')
        .join('; ')
        .slice(0, 500),
      remedy: 'narrow the pattern to files of one shape, or read them apart',
    });
  return columns.map((column) => places.get(column.name) ?? 0);
}
