import { firstLines, isOverLimit, sql, type Bad, type Database, type QuarantineLine } from '@trainyard/tables';
import type { SiftFigures } from '../contract.js';

/** Lines that figures have, that a page shows; rules that figures tell of; the most characters of a text in them: figures travel with their reference. */
const [EXAMPLES, SHOWN, RULES, LONGEST] = [5, 100, 10, 120];

interface About {
  readonly source: string;
  readonly bad: Bad;
  readonly unit: 'line' | 'row';
  readonly read: number;
  readonly dropped: number;
}

/** The figures of a quarantine that was written, and the lines of it that a page shows. */
export async function figuresOf(
  database: Database,
  path: string,
  { source, bad, unit, read, dropped }: About,
): Promise<{ figures: SiftFigures; lines: QuarantineLine[] }> {
  const rules = await database.rows<SiftFigures['rules'][number]>(
    sql`SELECT rule, "column", count(DISTINCT (file, place)) AS rows FROM read_parquet(${path})
        GROUP BY ALL ORDER BY rows DESC, rule, "column" LIMIT ${BigInt(RULES)}`,
  );
  // What a source has in one file alone needs no name of it.
  const lines = (await firstLines(database, path, SHOWN)).map((line) => ({
    ...line,
    file: line.file === source ? null : line.file,
    text: line.text === null ? null : cut(line.text),
    expected: cut(line.expected),
  }));
  const overLimit = isOverLimit(bad, dropped, read);
  const figures = { source, read, dropped, limit: bad.limit, overLimit, unit, rules, first: lines.slice(0, EXAMPLES) };
  return { figures, lines };
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
