import { cut } from './terminal.js';

/** Whether lines can be drawn over: a terminal that understands cursor movements. */
export function canRedraw(stream: NodeJS.WriteStream = process.stdout): boolean {
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

/** Columns that a line may take without being broken. A terminal whose size nobody has set says 0. */
export function columnsOf(stream: NodeJS.WriteStream = process.stdout): number {
  return (stream.columns || 80) - 1;
}

/** Lines at the bottom of the terminal that are drawn again and again, below what is printed for good. */
export class LiveRegion {
  readonly #stream: NodeJS.WriteStream;
  #drawn: readonly string[] = [];

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#stream = stream;
  }

  /** Shows these lines in place of the ones before; as many as fit. */
  show(lines: readonly string[]): void {
    const [columns, rows] = [columnsOf(this.#stream), this.#stream.rows || 24];
    const fit = lines.slice(0, Math.max(1, rows - 2)).map((line) => cut(line, columns));
    if (fit.join('\n') === this.#drawn.join('\n')) return;
    this.#stream.write(this.#up() + fit.map((line) => `${line}\n`).join(''));
    this.#drawn = fit;
  }

  /** Prints above the region, for good. */
  print(text: string): void {
    this.#stream.write(`${this.#up()}${text}\n${this.#drawn.map((line) => `${line}\n`).join('')}`);
  }

  clear(): void {
    this.#stream.write(this.#up());
    this.#drawn = [];
  }

  /** Moves to the region's first line and erases from there (ECMA-48: CUU, ED). */
  #up(): string {
    return this.#drawn.length === 0 ? '' : `\u001b[${this.#drawn.length}A\u001b[J`;
  }
}
