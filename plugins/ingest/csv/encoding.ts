import { isAscii, isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { UserError } from '../../../core/index.js';
import { firstBytes, lineAt, pieces } from './bytes.js';

/** Encodings of a CSV file, by the names of the WHATWG encoding standard. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'iso-8859-15';

/** A text file that has been read once, whole. */
export interface CheckedText {
  /** The file itself, or its copy in UTF-8 where it was in another encoding. */
  readonly path: string;
  readonly encoding: Encoding;
  /** What a person should know where the encoding was not given. */
  readonly notes: readonly string[];
}

interface TextFile {
  readonly path: string;
  /** As errors call it. */
  readonly name: string;
}

/**
 * Reads a file through in the encoding that it is said to have, or that its bytes have. Throws a UserError when it is
 * empty, when its bytes are not of that encoding, or when it holds NUL, naming the line. What is not UTF-8 is written to
 * `copy` as UTF-8.
 */
export async function checkText(file: TextFile, given: Encoding | undefined, copy: string): Promise<CheckedText> {
  const { bytes } = await firstBytes(file.path, HEAD);
  if (bytes.length === 0) throw isEmpty(file.name);
  const marked = given ?? markedEncoding(bytes);
  if (marked === undefined || marked === 'utf-8') {
    const found = await utf8Of(file.path);
    if (found.nul !== undefined) throw nulCharacter(file.name, await lineAt(file.path, found.nul), 'utf-8');
    if (found.fault === undefined) {
      if (found.bytes === 0) throw isEmpty(file.name);
      return { path: file.path, encoding: 'utf-8', notes: [] };
    }
    const line = await lineAt(file.path, found.fault);
    if (given === 'utf-8' || marked === 'utf-8' || found.beyondAscii) throw notEncoded(file.name, line, 'utf-8', bytes);
    await convert(file, 'windows-1252', copy);
    const notes = [
      `read as windows-1252: it is not UTF-8 from line ${line} on; pass encoding where another is meant, such as iso-8859-15`,
    ];
    return { path: copy, encoding: 'windows-1252', notes };
  }
  await convert(file, marked, copy);
  const notes = given ? [] : [`read as ${marked}, as its first bytes say`];
  return { path: copy, encoding: marked, notes };
}

/** Bytes that tell an encoding. */
const HEAD = 4096;

/** The encoding that the first bytes tell: by a byte order mark, or by a NUL in every other byte, as UTF-16 has in Latin text. */
function markedEncoding(bytes: Buffer): Encoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  const even = bytes.filter((byte, i) => byte === 0 && i % 2 === 0).length;
  const odd = bytes.filter((byte, i) => byte === 0 && i % 2 === 1).length;
  const most = 0.4 * (bytes.length / 2);
  if (bytes.length >= 4 && even === 0 && odd > most) return 'utf-16le';
  if (bytes.length >= 4 && odd === 0 && even > most) return 'utf-16be';
  return undefined;
}

interface Utf8 {
  /** Text bytes: all but a byte order mark. */
  readonly bytes: number;
  /** The places of the first NUL, and of the first bytes that are not UTF-8. */
  readonly nul?: number | undefined;
  readonly fault?: number | undefined;
  /** Whether there are characters beyond ASCII that are UTF-8. */
  readonly beyondAscii: boolean;
}

/** Looks at all bytes of a file as UTF-8. */
async function utf8Of(path: string): Promise<Utf8> {
  let [size, fault, beyondAscii] = [0, undefined as number | undefined, false];
  let carried = 0;
  for await (const { bytes, before, at } of pieces(path)) {
    const fresh = bytes.subarray(before);
    const nul = fresh.indexOf(0);
    if (nul >= 0) return { bytes: size + fresh.length, nul: at + nul, fault, beyondAscii };
    size += fresh.length;
    const ascii = carried === 0 && isAscii(fresh);
    if (!ascii) {
      const piece = bytes.subarray(before - carried);
      const cut = cutSequence(piece);
      const whole = piece.subarray(0, piece.length - cut);
      if (isUtf8(whole)) beyondAscii ||= !isAscii(whole);
      else {
        fault ??= at - carried + validLength(whole);
        beyondAscii ||= holdsSequence(whole);
      }
      carried = cut;
    }
  }
  if (carried > 0) fault ??= size - carried;
  const { bytes: first } = await firstBytes(path, 3);
  const mark = first.length === 3 && first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf;
  return { bytes: size - (mark ? 3 : 0), fault, beyondAscii };
}

/** Bytes at the end that begin a character which goes on in the next piece. */
function cutSequence(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/** How many bytes come before the first that are not UTF-8: found by halving. */
function validLength(bytes: Buffer): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const part = bytes.subarray(0, middle);
    if (isUtf8(part.subarray(0, middle - cutSequence(part)))) good = middle;
    else bad = middle;
  }
  return good;
}

/** Whether bytes that are not all UTF-8 hold characters beyond ASCII that are. */
function holdsSequence(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length - 1; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0xc2 || byte > 0xf4) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    if (i + length <= bytes.length && isUtf8(bytes.subarray(i, i + length))) return true;
  }
  return false;
}

/** Writes a file in another encoding as UTF-8. */
async function convert({ path, name }: TextFile, encoding: Encoding, copy: string): Promise<void> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const to = await open(copy, 'w');
  let [line, characters] = [1, 0];
  const take = async (text: string): Promise<void> => {
    const nul = text.indexOf('\0');
    if (nul >= 0) throw nulCharacter(name, line + lines(text.slice(0, nul)), encoding);
    line += lines(text);
    characters += text.length;
    await to.write(text);
  };
  const refuse = (error: unknown): never => {
    throw error instanceof TypeError ? notEncoded(name, line, encoding, Buffer.alloc(0)) : error;
  };
  try {
    for await (const { bytes, before } of pieces(path)) {
      // Small pieces, so that the line of a fault is near where it is said to be.
      for (let from = before; from < bytes.length; from += STEP) {
        let text = '';
        try {
          text = decoder.decode(bytes.subarray(from, from + STEP), { stream: true });
        } catch (error) {
          refuse(error);
        }
        await take(text);
      }
    }
    try {
      await take(decoder.decode());
    } catch (error) {
      refuse(error);
    }
  } finally {
    await to.close();
  }
  if (characters === 0) throw isEmpty(name);
}

const STEP = 1 << 16;

function lines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function isEmpty(name: string): UserError {
  return new UserError(`${name} is empty`, {
    where: { file: name },
    expected: 'a line of column names, then a line for each row',
    actual: 'no text',
  });
}

function nulCharacter(name: string, line: number, encoding: string): UserError {
  return new UserError(`${name} holds a NUL character, so it is not a text file in this encoding`, {
    where: { file: name, row: line },
    expected: `text in ${encoding}`,
    actual: 'a NUL byte',
    remedy:
      encoding === 'utf-8'
        ? "export it as UTF-8, or pass encoding: 'utf-16le' if that is what it is"
        : 'export it as UTF-8',
  });
}

function notEncoded(name: string, line: number, encoding: string, bytes: Buffer): UserError {
  const bom = bytes.subarray(0, 2).toString('hex');
  const guess = bom === 'fffe' ? 'utf-16le' : bom === 'feff' ? 'utf-16be' : 'windows-1252';
  return new UserError(`${name} is not text in ${encoding}`, {
    where: { file: name, row: line },
    expected: `text in ${encoding}`,
    actual: 'bytes that are not',
    remedy: `export it as UTF-8, or pass the encoding that it has, such as encoding: '${guess}'`,
  });
}
