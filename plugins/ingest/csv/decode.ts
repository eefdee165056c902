import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { UserError } from '../../../core/index.js';

/** A text file that has been read once, whole. */
export interface CheckedText {
  /** The file itself, or its copy in UTF-8 where it was in another encoding. */
  readonly path: string;
}

/**
 * Reads a file through in the encoding that it is said to have. Throws a UserError when it is empty, when its bytes
 * are not of that encoding, or when it holds NUL, naming the line. What is not UTF-8 is written to `copy` as UTF-8.
 */
export async function checkText(from: {
  path: string;
  name: string;
  encoding: string;
  copy: string;
}): Promise<CheckedText> {
  const { path, name, encoding, copy } = from;
  const decoder = new TextDecoder(encoding, { fatal: true });
  const converted = encoding === 'utf-8' ? undefined : await open(copy, 'w');
  let line = 1;
  let characters = 0;
  const take = async (text: string): Promise<void> => {
    const nul = text.indexOf('\0');
    if (nul >= 0) throw nulCharacter(name, line + lines(text.slice(0, nul)), encoding);
    line += lines(text);
    characters += text.length;
    await converted?.write(text);
  };
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      const bytes = chunk as Buffer;
      let text: string;
      try {
        text = decoder.decode(bytes, { stream: true });
      } catch {
        throw notEncoded(name, line + linesBeforeFault(bytes, encoding), encoding, bytes);
      }
      await take(text);
    }
    try {
      await take(decoder.decode());
    } catch (error) {
      throw error instanceof TypeError ? notEncoded(name, line, encoding, Buffer.alloc(0)) : error;
    }
  } finally {
    await converted?.close();
  }
  if (characters === 0) {
    throw new UserError(`${name} is empty`, {
      where: { file: name },
      expected: 'a line of column names, then a line for each row',
      actual: 'no text',
    });
  }
  return { path: converted ? copy : path };
}

function lines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Lines that end before the first byte that does not decode: found by halving. */
function linesBeforeFault(bytes: Buffer, encoding: string): number {
  const decodes = (length: number): boolean => {
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(middle)) good = middle;
    else bad = middle;
  }
  return lines(bytes.subarray(0, good).toString('latin1'));
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
