import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { TrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import type { Source } from '../../core/source.js';
import type { Snapshot, SourceContext } from './kind.js';
import { takeKeptFolder, type KeptFolder } from './kept-folder.js';
import type { KnownSource } from './provided-kinds.js';

/** A snapshot with the paths and sizes of its files. */
export interface WrittenSnapshot extends Snapshot {
  /** Path on this machine by the file's name in the snapshot. */
  readonly paths: ReadonlyMap<string, string>;
  readonly bytes: number;
}

/** Takes a snapshot of a source into a folder of the context's scratch. Throws TY-NODE-OUTPUT where its kind breaks its promise. */
export async function takeSnapshot(
  source: Source,
  { kind, options }: KnownSource,
  since: Json | undefined,
  ctx: SourceContext,
): Promise<WrittenSnapshot> {
  const into = path.join(ctx.scratch, 'snapshot');
  await mkdir(into);
  let held: Promise<KeptFolder | undefined> | undefined;
  try {
    const taken = await kind.snapshot(options, {
      into,
      since,
      kept: async () => (await (held ??= takeKeptFolder(source, ctx.project)))?.path,
      ctx,
    });
    const paths = new Map<string, string>();
    let bytes = 0;
    for (const { file } of taken.files) {
      const full = path.join(into, file);
      const found = path.basename(file) === file ? await stat(full).catch(() => undefined) : undefined;
      if (!found?.isFile() || paths.has(file))
        throw new TrainyardError('TY-NODE-OUTPUT', {
          what: `the source kind "${kind.name}" names ${JSON.stringify(file)} among the files of a snapshot, and ${paths.has(file) ? 'has named it before' : 'has not written it'}`,
          expected: 'files in the folder that it was given, each once',
        });
      paths.set(file, full);
      bytes += found.size;
    }
    return { ...taken, paths, bytes };
  } finally {
    await (await held)?.release();
  }
}
