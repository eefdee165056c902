import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../../../core/index.js';
import { sayDelimiter } from './dialect.js';
import { csvRecords, type CsvRecord, type Dialect } from './records.js';

/** The most characters that one cell may have. */
export const LONGEST_CELL = 8_000_000;

/** Characters that are written in one go. */
const PIECE = 1 << 20;

/** The dialect of a plain copy: one line end, quotes where they are needed, no line of names. */
export const PLAIN: Dialect = { delimiter: ',', quote: '"' };

interface CareFile {
  readonly path: string;
  readonly name: string;
  readonly dialect: Dialect;
  readonly columns: number;
}

/** What a record breaks, and in words; where nobody knows where it ends, the file cannot be read without it. */
interface Fault {
  readonly rule: 'quotes' | 'length' | 'cells';
  readonly what: string;
  readonly whole: boolean;
}

/**
 * The careful road: goes through a file as `csvRecords` reads it, and writes its records as a CSV file that leaves nothing
 * open; gives the most bytes that a line has. Throws a UserError that names the lines at fault, up to five of them, where the
 * file is not well-formed. With a path `aside` records at fault are left out into that file instead, as JSON, an object for
 * each of their lines; but for a quote that is never closed, which may have swallowed any number of rows.
 */
export async function writePlain(
  file: CareFile,
  copy: string,
  aside?: string,
): Promise<{ longest: number; leftOut: number; longestAside: number }> {
  const faults: { line: number; what: string }[] = [];
  let [count, header, longest, leftOut, longestAside] = [0, true, 0, 0, 0];
  const [to, rest] = [await Pieces.open(copy), aside === undefined ? undefined : await Pieces.open(aside)];
  try {
    for await (const record of csvRecords(file.path, file.dialect)) {
      if (header) {
        header = false;
        continue;
      }
      const fault = faultOf(record, file.columns);
      if (fault && rest && !fault.whole) {
        for (const line of linesOf(record, fault, file.columns)) {
          const said = `${JSON.stringify(line)}\n`;
          leftOut++;
          longestAside = Math.max(longestAside, said.length);
          if (rest.add(said)) await rest.flush();
        }
      } else if (fault) {
        count++;
        if (faults.length < 5) faults.push({ line: record.line, what: fault.what });
      } else if (count === 0) {
        const line = `${record.cells.map((cell) => quoted(cell, file.columns)).join(',')}\n`;
        longest = Math.max(longest, line.length);
        if (to.add(line)) await to.flush();
      }
    }
  } finally {
    await to.close();
    await rest?.close();
  }
  const first = faults[0];
  // UTF-8 has at most three bytes for what a string counts as one character.
  if (!first) return { longest: 3 * longest, leftOut, longestAside: 3 * longestAside };
  throw new UserError(`${file.name} is not a well-formed CSV file: ${count} ${count === 1 ? 'row' : 'rows'} at fault`, {
    where: { file: file.name, row: first.line },
    expected: `${file.columns} cells between ${sayDelimiter(file.dialect.delimiter)}, quotes closed, at most ${LONGEST_CELL} characters each`,
    actual:
      faults.map((fault) => `line ${fault.line}: ${fault.what}`).join('; ') + (count > faults.length ? '; …' : ''),
    remedy: 'correct these lines, or pass the delimiter that the file has',
  });
}

/** A file that is written in pieces. */
class Pieces {
  private text = '';
  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<Pieces> {
    return new Pieces(await open(path, 'w'));
  }

  /** Whether it is time to flush. */
  add(text: string): boolean {
    this.text += text;
    return this.text.length > PIECE;
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.file.close();
    }
  }

  async flush(): Promise<void> {
    const text = this.text;
    this.text = '';
    await this.file.write(text);
  }
}

/** The lines of a record at fault, each as it is left out: a quote too many may have made several rows one record. */
function linesOf({ line, text }: CsvRecord, { rule, what }: Fault, columns: number): object[] {
  const expected = {
    cells: `${columns} cells; there are ${what}`,
    quotes: `a quoted cell that ends where its quote does; there is ${what}`,
    length: `cells of at most ${LONGEST_CELL} characters; ${what}`,
  }[rule];
  return text
    .split(/\r\n|\n|\r/)
    .map((one, i) => ({ line: line + i, text: one, rule, expected }))
    .filter((one) => one.text !== '');
}

/** Whether a record is left out where records at fault are. */
export function isAtFault(record: CsvRecord, columns: number): boolean {
  return faultOf(record, columns) !== undefined;
}

function faultOf({ cells, fault, unclosed = false }: CsvRecord, columns: number): Fault | undefined {
  if (fault !== undefined) return { rule: 'quotes', what: fault, whole: unclosed };
  const long = cells.findIndex((cell) => cell.length > LONGEST_CELL);
  if (long >= 0)
    return { rule: 'length', what: `cell ${long + 1} has ${cells[long]?.length} characters`, whole: false };
  return cells.length === columns ? undefined : { rule: 'cells', what: `${cells.length} cells`, whole: false };
}

function quoted(cell: string, columns: number): string {
  if (!/[",\r\n]|^ | $/.test(cell) && (cell !== '' || columns > 1)) return cell;
  return `"${cell.replaceAll('"', '""')}"`;
}
