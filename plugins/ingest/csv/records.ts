import { createReadStream } from 'node:fs';

/** How cells stand in the text of a file. */
export interface Dialect {
  /** The character between cells. */
  readonly delimiter: string;
  /** The character around cells that hold delimiters, line ends or itself, doubled then; empty for none. */
  readonly quote: string;
}

/** A record of a CSV text (RFC 4180, with any delimiter). */
export interface CsvRecord {
  /** The line that it starts on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Its text as it stands in the file, without the line end after it. */
  readonly text: string;
  /** What is wrong with its quotes, if anything is. */
  readonly fault?: string | undefined;
  /** Whether a quote is open when the file ends: where the record should have ended nobody knows. */
  readonly unclosed?: boolean | undefined;
}

/**
 * The records of a CSV file in UTF-8, one after the other, however damaged. This is what a CSV file means:
 *
 * - A record ends at LF, CRLF or CR, whichever comes, each line as it likes. A line of nothing is no record.
 * - A quote opens a quoted cell where it is the cell's first character, and nowhere else; it ends at a quote that is not
 *   doubled, after which only a delimiter or the record's end may follow. Line ends in it are text.
 * - Every other character is text, spaces beside delimiters and quotes among them. A byte order mark is none.
 */
export async function* csvRecords(path: string, dialect: Dialect): AsyncGenerator<CsvRecord> {
  const scanner = new Scanner(dialect);
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    yield* scanner.take(decoder.decode(chunk as Buffer, { stream: true }));
  }
  yield* scanner.take(decoder.decode());
  yield* scanner.end();
}

/** The whole records of a text's beginning; the last, which may be cut, is left out unless `ended`. */
export function recordsOf(text: string, dialect: Dialect, ended: boolean): CsvRecord[] {
  const scanner = new Scanner(dialect);
  const records = [...scanner.take(text)];
  return ended ? [...records, ...scanner.end()] : records;
}

const [LF, CR] = [10, 13];

class Scanner {
  private line = 1;
  private start = 1;
  private cells: string[] = [];
  private cell = '';
  /** Within a quoted cell; just after a quote within one; in a bare cell; at a cell's start. */
  private state: 'start' | 'bare' | 'quoted' | 'quote' = 'start';
  private quoteLine = 0;
  private fault: string | undefined;
  /** What the record has of texts that were taken before. */
  private text = '';
  private afterReturn = false;
  private readonly delimiter: number;
  private readonly quote: number;

  constructor({ delimiter, quote }: Dialect) {
    this.delimiter = delimiter.charCodeAt(0);
    this.quote = quote === '' ? -1 : quote.charCodeAt(0);
  }

  *take(text: string): Generator<CsvRecord> {
    /** Where the text begins that belongs to the cell and is not in it yet. */
    let from = 0;
    /** Where the record begins, or goes on. */
    let begun = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (this.state === 'quoted') {
        if (char === this.quote) {
          this.cell += text.slice(from, at);
          this.state = 'quote';
        } else if (char === CR || (char === LF && !this.afterReturn)) this.line++;
        this.afterReturn = char === CR;
        continue;
      }
      if (char === LF && this.afterReturn) {
        this.afterReturn = false;
        from = begun = at + 1;
        continue;
      }
      this.afterReturn = false;
      if (char === this.delimiter) {
        if (this.state === 'bare') this.cell += text.slice(from, at);
        this.endCell();
        from = at + 1;
      } else if (char === LF || char === CR) {
        if (this.state === 'bare') this.cell += text.slice(from, at);
        this.afterReturn = char === CR;
        this.text += text.slice(begun, at);
        yield* this.endRecord();
        this.line++;
        this.start = this.line;
        from = begun = at + 1;
      } else if (char === this.quote && this.state === 'start') {
        this.state = 'quoted';
        this.quoteLine = this.line;
        from = at + 1;
      } else if (char === this.quote && this.state === 'quote') {
        // The second of two quotes is text: it stands first in what is taken next.
        this.state = 'quoted';
        from = at;
      } else if (this.state !== 'bare') {
        if (this.state === 'quote') this.fault ??= `text after the closing quote of cell ${this.cells.length + 1}`;
        this.state = 'bare';
        from = at;
      }
    }
    if (this.state === 'bare' || this.state === 'quoted') this.cell += text.slice(from);
    this.text += text.slice(begun);
  }

  *end(): Generator<CsvRecord> {
    const unclosed = this.state === 'quoted';
    if (unclosed) this.fault = `a quote opened on line ${this.quoteLine} is never closed`;
    for (const record of this.endRecord()) yield unclosed ? { ...record, unclosed } : record;
  }

  private endCell(): void {
    this.cells.push(this.cell);
    this.cell = '';
    this.state = 'start';
  }

  private *endRecord(): Generator<CsvRecord> {
    const blank = this.cells.length === 0 && this.cell === '' && this.state === 'start';
    if (!blank) {
      this.endCell();
      yield { line: this.start, cells: this.cells, text: this.text, fault: this.fault };
    }
    this.cells = [];
    this.text = '';
    this.fault = undefined;
  }
}
