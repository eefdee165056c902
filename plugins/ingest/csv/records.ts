import { createReadStream } from 'node:fs';

/** A record of a CSV text (RFC 4180, with any delimiter). */
export interface CsvRecord {
  /** The line that it starts on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** What is wrong with its quotes, if anything is. */
  readonly fault?: string | undefined;
}

/**
 * The records of a CSV file in UTF-8, one after the other, however damaged: the careful road, taken for the header and
 * for saying what is wrong where. Blank lines are no records; a byte order mark is no text.
 */
export async function* csvRecords(path: string, delimiter: string): AsyncGenerator<CsvRecord> {
  const scanner = new Scanner(delimiter);
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    yield* scanner.take(decoder.decode(chunk as Buffer, { stream: true }));
  }
  yield* scanner.take(decoder.decode());
  yield* scanner.end();
}

class Scanner {
  private line = 1;
  private start = 1;
  private cells: string[] = [];
  private cell = '';
  /** Within a quoted cell; just after a quote within one; in a bare cell; at a cell's start. */
  private state: 'start' | 'bare' | 'quoted' | 'quote' = 'start';
  private quoteLine = 0;
  private fault: string | undefined;
  private afterReturn = false;

  constructor(private readonly delimiter: string) {}

  *take(text: string): Generator<CsvRecord> {
    for (const char of text) {
      if (char === '\n' && this.afterReturn) {
        this.afterReturn = false;
        continue;
      }
      this.afterReturn = false;
      if (this.state === 'quoted') {
        if (char === '"') this.state = 'quote';
        else this.cell += char;
        if (char === '\n') this.line++;
        continue;
      }
      if (this.state === 'quote' && char === '"') {
        this.cell += char;
        this.state = 'quoted';
      } else if (char === this.delimiter) this.endCell();
      else if (char === '\n' || char === '\r') {
        this.afterReturn = char === '\r';
        yield* this.endRecord();
        this.line++;
        this.start = this.line;
      } else if (char === '"' && this.state === 'start') {
        this.state = 'quoted';
        this.quoteLine = this.line;
      } else {
        if (this.state === 'quote') this.fault ??= `text after the closing quote of cell ${this.cells.length + 1}`;
        this.cell += char;
        this.state = 'bare';
      }
    }
  }

  *end(): Generator<CsvRecord> {
    if (this.state === 'quoted') this.fault = `a quote opened on line ${this.quoteLine} is never closed`;
    yield* this.endRecord();
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
      yield { line: this.start, cells: this.cells, fault: this.fault };
    }
    this.cells = [];
    this.fault = undefined;
  }
}
