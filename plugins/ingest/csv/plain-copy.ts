import { open } from 'node:fs/promises';
import { UserError } from '../../../core/index.js';
import { sayDelimiter } from './dialect.js';
import { csvRecords, type CsvRecord, type Dialect } from './records.js';

/** The most characters that one cell may have. */
export const LONGEST_CELL = 8_000_000;

/** Characters that are written in one go. */
const PIECE = 1 << 20;

/** The dialect of a plain copy: one line end, quotes where they are needed, no line of names. */
export const PLAIN: Dialect = { delimiter: ',', quote: '"' };

/**
 * The careful road: goes through a file as `csvRecords` reads it, and writes its records as a CSV file that leaves nothing
 * open; gives the most bytes that a line has. Throws a UserError that names the lines at fault, up to five of them, where the file is not well-formed.
 */
export async function writePlain(
  file: { readonly path: string; readonly name: string; readonly dialect: Dialect; readonly columns: number },
  copy: string,
): Promise<{ longest: number }> {
  const faults: { line: number; what: string }[] = [];
  let [count, header, longest] = [0, true, 0];
  let text = '';
  const to = await open(copy, 'w');
  try {
    for await (const record of csvRecords(file.path, file.dialect)) {
      if (header) {
        header = false;
        continue;
      }
      const what = faultOf(record, file.columns);
      if (what !== undefined) {
        count++;
        if (faults.length < 5) faults.push({ line: record.line, what });
      } else if (count === 0) {
        const line = `${record.cells.map((cell) => quoted(cell, file.columns)).join(',')}\n`;
        longest = Math.max(longest, line.length);
        text += line;
        if (text.length > PIECE) {
          await to.write(text);
          text = '';
        }
      }
    }
    await to.write(text);
  } finally {
    await to.close();
  }
  const first = faults[0];
  // UTF-8 has at most three bytes for what a string counts as one character.
  if (!first) return { longest: 3 * longest };
  throw new UserError(`${file.name} is not a well-formed CSV file: ${count} ${count === 1 ? 'row' : 'rows'} at fault`, {
    where: { file: file.name, row: first.line },
    expected: `${file.columns} cells between ${sayDelimiter(file.dialect.delimiter)}, quotes closed, at most ${LONGEST_CELL} characters each`,
    actual:
      faults.map((fault) => `line ${fault.line}: ${fault.what}`).join('; ') + (count > faults.length ? '; …' : ''),
    remedy: 'correct these lines, or pass the delimiter that the file has',
  });
}

function faultOf({ cells, fault }: CsvRecord, columns: number): string | undefined {
  if (fault !== undefined) return fault;
  const long = cells.findIndex((cell) => cell.length > LONGEST_CELL);
  if (long >= 0) return `cell ${long + 1} has ${cells[long]?.length} characters`;
  return cells.length === columns ? undefined : `${cells.length} cells`;
}

function quoted(cell: string, columns: number): string {
  if (!/[",\r\n]|^ | $/.test(cell) && (cell !== '' || columns > 1)) return cell;
  return `"${cell.replaceAll('"', '""')}"`;
}
