import { createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fromFdPromise } from 'yauzl';
import { setupError } from './errors.js';

/**
 * Unpacks chosen files of a zip archive, as streams: memory stays at a few MB whatever the size. An entry that is a link
 * is written as a file, and one that unpacks to more than it says is given up at once.
 * @param choose the place under `folder` for an entry of this name, or `undefined` to leave it out.
 * @param mode of the files written.
 * @returns how many files were written.
 * @throws {TrainyardError} TY-DOWNLOAD when the archive is damaged, or the name of an entry leads out of the folder.
 */
export async function unpackZip(
  archive: string,
  folder: string,
  choose: (name: string) => string | undefined,
  mode = 0o644,
): Promise<number> {
  const file = await open(archive);
  try {
    // It refuses absolute names, names with `..` and with backslashes.
    const zip = await fromFdPromise(file.fd, { strictFileNames: true });
    let written = 0;
    for await (const entry of zip.eachEntry()) {
      const place = entry.fileName.endsWith('/') ? undefined : choose(entry.fileName);
      if (place === undefined) continue;
      const target = join(folder, place);
      await mkdir(dirname(target), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { mode }));
      written++;
    }
    return written;
  } catch (error) {
    throw setupError('archive', { file: archive, reason: (error as Error).message }, error);
  } finally {
    await file.close();
  }
}
