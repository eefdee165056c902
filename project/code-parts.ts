import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { transform } from './compiler.js';
import { packageRoot } from '../setup/package-root.js';

/** What a node's code hash was taken of. */
export interface CodeParts {
  /** Files that its code is bundled from, by a name without this machine's folders, with a hash of the code in each. */
  readonly files: readonly (readonly [file: string, hash: string])[];
  /** Packages beside them with their installed versions. */
  readonly packages: readonly (readonly [name: string, version: string])[];
}

/**
 * Names and hashes of files (given relative to `root`), where comments and layout do not count, as in a node's own
 * hash. A file's hash may change where the node's does not: what the node does not use of it counts here.
 */
export async function fileHashes(
  files: readonly string[],
  root: string,
): Promise<ReadonlyMap<string, readonly [file: string, hash: string][]>> {
  const found = await Promise.all(
    [...new Set(files)].map(async (file) => {
      const full = path.resolve(root, file);
      const source = await readFile(full, 'utf8');
      const loader = /\.[cm]?ts$/.test(file)
        ? 'ts'
        : /\.tsx$/.test(file)
          ? 'tsx'
          : /\.json$/.test(file)
            ? 'json'
            : 'js';
      const code = await transform(source, {
        loader,
        minifyWhitespace: true,
        legalComments: 'none',
        logLevel: 'silent',
      }).then(
        (result) => result.code,
        () => source,
      );
      const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
      return [file, [[nameOf(full, root), hash] as [string, string]]] as const;
    }),
  );
  return new Map(found);
}

/** `nodes/a/worker.ts` in the project, `trainyard/plugins/clean/worker.js` in this package, `some-package/…` elsewhere. */
function nameOf(full: string, root: string): string {
  const inside = (folder: string): string | undefined => {
    const relative = path.relative(folder, full);
    return relative.startsWith('..') || path.isAbsolute(relative) ? undefined : relative.split(path.sep).join('/');
  };
  const own = inside(path.join(packageRoot(), 'dist'));
  if (own !== undefined) return `trainyard/${own}`;
  const modules = full.lastIndexOf(`${path.sep}node_modules${path.sep}`);
  if (modules >= 0)
    return full
      .slice(modules + '/node_modules/'.length)
      .split(path.sep)
      .join('/');
  return inside(root) ?? `…/${path.basename(path.dirname(full))}/${path.basename(full)}`;
}
