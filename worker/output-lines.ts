import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Redactor } from './redactor.js';

/** A longer line is given in parts. */
const MOST_LINE = 256_000;

/**
 * What a process writes, as whole lines without the values of secrets: a line, a character or a value may come in several
 * chunks. What comes while nobody listens is dropped.
 */
export class OutputLines {
  readonly #streams: Stream[];
  #listener: ((line: string) => void) | undefined;

  constructor(sources: readonly (Readable | null)[], redactor: Redactor) {
    this.#streams = sources.map((source) => {
      const stream = new Stream(redactor, (line) => this.#listener?.(line));
      source?.on('data', (chunk: Buffer) => stream.add(chunk)).on('error', () => undefined);
      return stream;
    });
  }

  listen(listener: (line: string) => void): void {
    this.#listener = listener;
  }

  /** Gives what has no end of line yet, and nothing more. */
  close(): void {
    for (const stream of this.#streams) stream.end();
    this.#listener = undefined;
  }
}

class Stream {
  readonly #redactor: Redactor;
  readonly #give: (line: string) => void;
  #decoder = new StringDecoder('utf8');
  #rest = '';
  /** Whether anything has come since the end before. */
  #begun = false;

  constructor(redactor: Redactor, give: (line: string) => void) {
    this.#redactor = redactor;
    this.#give = give;
  }

  add(chunk: Buffer): void {
    this.#begun = true;
    const piece = this.#decoder.write(chunk);
    const before = this.#rest.length;
    this.#rest += piece;
    const lineEnd = Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf('\r')) + 1;
    let end = lineEnd > 0 ? before + lineEnd : 0;
    // A value of several lines may go on behind the last of them.
    if (end > 0 && this.#redactor.begun(this.#rest.slice(0, end)) > 0) end = 0;
    if (end === 0) {
      if (this.#rest.length <= MOST_LINE) return;
      end = this.#rest.length - this.#redactor.begun(this.#rest);
    }
    const text = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end);
    this.#giveLines(text);
  }

  end(): void {
    // Most nodes write nothing.
    if (!this.#begun) return;
    this.#begun = false;
    this.#giveLines(this.#rest + this.#decoder.end());
    this.#rest = '';
    this.#decoder = new StringDecoder('utf8');
  }

  #giveLines(text: string): void {
    for (const line of this.#redactor.clean(text).split(/[\r\n]+/)) if (line.trim() !== '') this.#give(line);
  }
}
