import { pieces } from './bytes.js';
import type { Dialect } from './records.js';

/** What the bytes of a UTF-8 file say about how the database would read it. */
export interface Shape {
  /** Whether lines end with CRLF; with LF otherwise. */
  readonly carriage: boolean;
  /** Whether there is a quote anywhere. */
  readonly quoted: boolean;
  /** Where there are quotes, whether lines end with a delimiter: the database drops it where it is one too many. */
  readonly openEnds: boolean;
  /** What the database reads otherwise than `csvRecords` does: the careful road is taken then. */
  readonly odd: string | undefined;
}

const [LF, CR, SPACE] = [10, 13, 32];

/**
 * Looks for what the database takes otherwise than `csvRecords`: line ends that differ, spaces between a quote and a
 * delimiter, which it drops, and blank lines, which it takes for a row of one column and, first, for the names.
 */
export async function shapeOf(path: string, { delimiter, quote }: Dialect, columns: number): Promise<Shape> {
  const [d, q] = [delimiter.charCodeAt(0), quote === '' ? -1 : quote.charCodeAt(0)];
  const oddly = (odd: string): Shape => ({ carriage: false, quoted: true, openEnds: false, odd });
  if (d > 127 || q > 127) return oddly('a delimiter beyond ASCII');
  const quoted = q >= 0 && (await holds(path, q));
  const ends = { feed: false, both: false, lone: false };
  let [last, openEnds] = [0, false];
  for await (const { bytes, before, at } of pieces(path)) {
    const start = at === 0 ? textStart(bytes) : before;
    const first = bytes[start];
    if (at === 0 && (first === LF || first === CR)) return oddly('a blank first line');
    noteEnds(bytes, start, last, ends);
    last = bytes[bytes.length - 1] ?? 0;
    if (ends.lone || (ends.feed && ends.both)) return oddly('line ends that differ');
    if (columns === 1 && holdsBlankLine(bytes)) return oddly('blank lines');
    if (quoted) openEnds ||= holdsOpenEnd(bytes, before, d);
    if (quoted && holdsSpacedQuote(bytes, d, q)) return oddly('spaces beside quotes');
  }
  if (last === CR) return oddly('line ends that differ');
  return { carriage: ends.both, quoted, openEnds: openEnds || (quoted && last === d), odd: undefined };
}

async function holds(path: string, byte: number): Promise<boolean> {
  for await (const { bytes, before } of pieces(path)) if (bytes.indexOf(byte, before) >= 0) return true;
  return false;
}

/** Whether a line end of a piece follows a delimiter. */
function holdsOpenEnd(bytes: Buffer, from: number, delimiter: number): boolean {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[bytes[at - 1] === CR ? at - 2 : at - 1] === delimiter) return true;
  }
  return false;
}

/** Where the text begins, after a byte order mark. */
function textStart(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Notes the line ends of a piece: LF, CRLF, CR alone. A CR that ends it is left to the piece after. */
function noteEnds(
  bytes: Buffer,
  start: number,
  last: number,
  ends: { feed: boolean; both: boolean; lone: boolean },
): void {
  if (last === CR && bytes[start] !== LF) ends.lone = true;
  const carriage = bytes.indexOf(CR, start);
  if (carriage < 0 && last !== CR) {
    ends.feed ||= bytes.indexOf(LF, start) >= 0;
    return;
  }
  for (let at = carriage; at >= 0 && at < bytes.length - 1; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] !== LF) ends.lone = true;
  }
  for (let at = bytes.indexOf(LF, start); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if ((at === start ? last : bytes[at - 1]) === CR) ends.both = true;
    else ends.feed = true;
  }
}

function holdsBlankLine(bytes: Buffer): boolean {
  return bytes.includes('\n\n') || bytes.includes('\n\r\n');
}

/**
 * Whether a quote stands beside spaces that lie between it and a delimiter or a line end. What only looks so, within a
 * quoted cell, is found as well: the careful road is slower, not another.
 */
function holdsSpacedQuote(bytes: Buffer, delimiter: number, quote: number): boolean {
  const ends = (byte: number | undefined): boolean =>
    byte === undefined || byte === delimiter || byte === LF || byte === CR;
  for (
    let at = bytes.indexOf(Buffer.from([SPACE, quote]));
    at >= 0;
    at = bytes.indexOf(Buffer.from([SPACE, quote]), at + 1)
  ) {
    let before = at;
    while (bytes[before] === SPACE) before--;
    // Two quotes within a cell stand for one: the text goes on.
    const doubled = bytes[at + 2] === quote && !ends(bytes[at + 3]) && bytes[at + 3] !== quote;
    if (ends(bytes[before]) && !doubled) return true;
  }
  for (
    let at = bytes.indexOf(Buffer.from([quote, SPACE]));
    at >= 0;
    at = bytes.indexOf(Buffer.from([quote, SPACE]), at + 1)
  ) {
    let after = at + 1;
    while (bytes[after] === SPACE) after++;
    if (ends(bytes[after])) return true;
  }
  return false;
}
