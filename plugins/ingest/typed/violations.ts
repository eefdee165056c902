import { UserError } from '../../../core/index.js';
import { id, join, sayWritten, sql, type Database } from '@trainyard/tables';
import { checksOf, type Check } from '../checks.js';
import { RECORD, sayPlace, type RawText } from './raw-text.js';
import { kindsOf, otherTypeColumn, textColumn, valueColumn, type Chunk, type Reading } from './columns.js';

/** Cells that an error shows, and broken checks that it looks for them in. */
const [EXAMPLES, SEARCHED] = [5, 50];

interface Broken extends ColumnCheck {
  readonly chunk: Chunk;
  readonly count: number;
}

/** Throws a UserError when cells are not what the schema says: which, up to five of them by line, and how many. */
export async function refuseViolations(database: Database, raw: RawText, chunks: readonly Chunk[]): Promise<void> {
  const broken: Broken[] = [];
  for (const chunk of chunks) broken.push(...(await brokenChecks(database, chunk)));
  if (broken.length === 0) return;
  const examples = (await Promise.all(broken.slice(0, SEARCHED).map((check) => examplesOf(database, check))))
    .flat()
    .sort((a, b) => a.record - b.record || a.check.reading.index - b.check.reading.index)
    .slice(0, EXAMPLES);
  const places = await raw.locate(examples.map(({ record }) => record));
  const said = examples.map(({ record, check, text }) => {
    const cell = text === null ? 'nothing' : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
    return `${sayPlace(places.get(record), record)}, ${check.reading.name}: ${cell}`;
  });
  const total = broken.reduce((sum, { count }) => sum + count, 0);
  const names = [...new Set(broken.map(({ reading }) => reading.name))];
  const expected = [...new Set(broken.map((check) => `${check.reading.name}: ${check.expected}`))];
  throw new UserError(
    `${raw.name} is not what its schema says: ${total} ${total === 1 ? 'cell' : 'cells'} at fault in ${few(names, ', ')}`,
    {
      where: {
        file: raw.name,
        row: examples[0] && places.get(examples[0].record)?.line,
        column: examples[0]?.check.reading.name,
      },
      expected: few(expected, '; '),
      actual: said.join('; ') + (total > EXAMPLES ? `; … (${EXAMPLES} of ${total})` : ''),
      remedy: 'correct these cells, or the schema: a value that stands for missing goes into `missing`',
    },
  );
}

/** A check of a column that is read. */
export interface ColumnCheck extends Check {
  readonly reading: Reading;
}

/** What schemas ask of columns; of those that nothing declares, that each text is what the column was taken for. */
export async function checksOfChunk(database: Database, chunk: Chunk): Promise<ColumnCheck[]> {
  const checks: ColumnCheck[] = [];
  for (const reading of chunk.readings) {
    const [text, value] = [textColumn(reading.index), valueColumn(reading.index)];
    const found = await checksOf(database, reading.schema, text, value, chunk.cells);
    checks.push(...(reading.kinds ? ofType(reading, found) : found).map((check) => ({ ...check, reading })));
  }
  return checks;
}

/** Checks of a column whose cells are of several types in the source: of what is of another type than declared nothing else is said. */
function ofType({ index, schema }: Reading, checks: readonly Check[]): Check[] {
  const other = sql`coalesce(${textColumn(index)} IS NOT NULL AND ${otherTypeColumn(index)}, false)`;
  const kinds = kindsOf(schema).map((kind) => KINDS[kind] ?? kind);
  return [
    {
      rule: 'type',
      expected: `${sayWritten(schema.type, schema.written)}; in the source ${kinds.join(' or ')}, and of no other type`,
      failing: other,
    },
    ...checks.map((check) => ({ ...check, failing: sql`NOT ${other} AND (${check.failing})` })),
  ];
}

const KINDS: Readonly<Record<string, string>> = { number: 'a number', text: 'text', boolean: 'true or false' };

async function brokenChecks(database: Database, chunk: Chunk): Promise<Broken[]> {
  const checks = await checksOfChunk(database, chunk);
  if (checks.length === 0) return [];
  const counted = checks.map(({ failing }, i) => sql`count(*) FILTER (WHERE ${failing}) AS ${id(`k${i}`)}`);
  const counts = await database.row<Record<string, number>>(sql`SELECT ${join(counted)} FROM ${chunk.cells}`);
  return checks.map((check, i) => ({ ...check, chunk, count: counts[`k${i}`] ?? 0 })).filter(({ count }) => count > 0);
}

async function examplesOf(
  database: Database,
  check: Broken,
): Promise<{ check: Broken; record: number; text: string | null }[]> {
  const rows = await database.rows<{ record: number; text: string | null }>(
    sql`SELECT ${RECORD} AS record, ${textColumn(check.reading.index)} AS text FROM ${check.chunk.numbered}
        WHERE ${check.failing} ORDER BY ${RECORD} LIMIT ${BigInt(EXAMPLES)}`,
  );
  return rows.map((row) => ({ check, ...row }));
}

function few(items: readonly string[], separator: string): string {
  return items.slice(0, 20).join(separator) + (items.length > 20 ? `${separator}…` : '');
}
