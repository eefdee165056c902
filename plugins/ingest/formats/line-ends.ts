import { createReadStream, createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const [RETURN, FEED] = [0x0d, 0x0a];

/**
 * A text file whose lines end in a line feed alone: itself, or `copy` where a carriage return stands before some. The database
 * counts such an end as two lines where others of the file are plain, so that line numbers would be wrong.
 */
export async function withPlainEnds(path: string, copy: string): Promise<string> {
  let found = false;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }))
    if ((piece as Buffer).includes(RETURN)) {
      found = true;
      break;
    }
  if (!found) return path;
  // A carriage return at the end of a piece waits for what comes after it.
  let waits = false;
  const plain = new Transform({
    transform(piece: Buffer, _encoding, done) {
      const out = Buffer.alloc(piece.length + 1);
      let length = 0;
      for (const byte of piece) {
        if (waits && byte !== FEED) out[length++] = RETURN;
        waits = byte === RETURN;
        if (!waits) out[length++] = byte;
      }
      done(null, out.subarray(0, length));
    },
    flush(done) {
      done(null, waits ? Buffer.of(RETURN) : Buffer.alloc(0));
    },
  });
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), plain, createWriteStream(copy));
  return copy;
}
