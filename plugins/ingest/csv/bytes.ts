import { open } from 'node:fs/promises';

/** Bytes that are looked at in one go, and that are kept of the piece before, for what lies across both. */
const [PIECE, BEFORE] = [1 << 22, 64];

/** Gives a file's bytes piece by piece in one buffer, `before` of which were there already; `at` is the place of the first new one. */
export async function* pieces(path: string): AsyncGenerator<{ bytes: Buffer; before: number; at: number }> {
  const buffer = Buffer.allocUnsafe(BEFORE + PIECE);
  const handle = await open(path, 'r');
  try {
    let [at, before] = [0, 0];
    for (;;) {
      const { bytesRead } = await handle.read(buffer, before, PIECE, at);
      if (bytesRead === 0) return;
      yield { bytes: buffer.subarray(0, before + bytesRead), before, at };
      at += bytesRead;
      const end = before + bytesRead;
      const kept = Math.min(BEFORE, end);
      buffer.copy(buffer, 0, end - kept, end);
      before = kept;
    }
  } finally {
    await handle.close();
  }
}

/** The first bytes of a file, and whether they are all of it. */
export async function firstBytes(path: string, count: number): Promise<{ bytes: Buffer; all: boolean }> {
  const handle = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(count + 1), 0, count + 1, 0);
    return { bytes: buffer.subarray(0, Math.min(count, bytesRead)), all: bytesRead <= count };
  } finally {
    await handle.close();
  }
}

/** The line, from 1, that the byte at a place of a file stands on. */
export async function lineAt(path: string, place: number): Promise<number> {
  let line = 1;
  for await (const { bytes, before, at } of pieces(path)) {
    const end = Math.min(bytes.length, before + place - at);
    for (let i = bytes.indexOf(10, before); i >= 0 && i < end; i = bytes.indexOf(10, i + 1)) line++;
    if (before + place - at <= bytes.length) break;
  }
  return line;
}

/** How many lines a file has that ends its lines with LF; the last one may have no end. */
export async function countLines(path: string): Promise<number> {
  let [lines, last] = [0, 10];
  for await (const { bytes, before } of pieces(path)) {
    for (let i = bytes.indexOf(10, before); i >= 0; i = bytes.indexOf(10, i + 1)) lines++;
    last = bytes[bytes.length - 1] ?? last;
  }
  return last === 10 ? lines : lines + 1;
}
