import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { TrainyardError } from '@trainyard/errors';

/** What a zip file without the zip64 format can hold. */
const MOST_BYTES = 4_000_000_000;
const MOST_ENTRIES = 65_000;

/** Writes a zip file entry by entry, as streams: memory stays at a few MB whatever the size. */
export class ZipWriter {
  readonly #out: WriteStream;
  readonly #zip: Zip;
  #failed: Error | undefined;
  #bytes = 0;
  #entries = 0;

  constructor(file: string) {
    this.#out = createWriteStream(file, { flags: 'wx' });
    this.#out.on('error', (error) => (this.#failed = error));
    this.#zip = new Zip((error, chunk, final) => {
      if (error) this.#failed = error;
      else this.#out.write(chunk);
      if (final) this.#out.end();
    });
  }

  /** Adds one entry; `pack` for text, while blobs are mostly packed already. */
  async add(name: string, content: AsyncIterable<Uint8Array> | Uint8Array, pack = false): Promise<void> {
    if (++this.#entries > MOST_ENTRIES) throw tooLarge(`more than ${MOST_ENTRIES} entries`);
    const entry = pack ? new ZipDeflate(name, { level: 6 }) : new ZipPassThrough(name);
    // Equal contents give equal files, whenever they are written.
    entry.mtime = new Date(1980, 0, 2);
    this.#zip.add(entry);
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      this.#bytes += chunk.byteLength;
      if (this.#bytes > MOST_BYTES) throw tooLarge('more than 4 GB');
      entry.push(chunk);
      await this.#drained();
    }
    entry.push(new Uint8Array(), true);
    await this.#drained();
  }

  async end(): Promise<void> {
    this.#zip.end();
    if (!this.#out.closed) await once(this.#out, 'close');
    if (this.#failed) throw this.#failed;
  }

  /** Gives up: the file is the caller's to remove. */
  abort(): void {
    this.#zip.terminate();
    this.#out.destroy();
  }

  async #drained(): Promise<void> {
    if (this.#failed) throw this.#failed;
    if (this.#out.writableNeedDrain) await once(this.#out, 'drain');
  }
}

function tooLarge(actual: string): TrainyardError {
  return new TrainyardError('TY-USAGE', {
    what: 'the export is larger than one file of its format can be',
    expected: 'less than 4 GB and 65,000 entries',
    actual,
    remedy: 'verify it against the store itself: trainyard verify RUN',
  });
}
