import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { canonical } from '../core/json.js';
import { bundleEntries } from './compile.js';

/** What is hashed: one export of a module, or all that it does and exports. */
export interface CodeEntry {
  readonly file: string;
  readonly exportName?: string;
}

export interface HashedCode {
  readonly hash: string;
  /** Files that the code comes from, relative to the root. */
  readonly files: readonly string[];
  /** Packages that it imports, with their installed versions. */
  readonly packages: readonly (readonly [name: string, version: string])[];
}

/**
 * Hashes of code by name. A hash covers what an export is made of and uses, in its own file and in those that it
 * imports, constants too; statements at the top level that may act, and those of imported files; and the versions of the
 * packages that are used so. Comments, layout, types and neighbours that it does not use do not count. What the bundler
 * does not understand counts for everything in that file. Not seen are files that code reads while it runs.
 */
export async function hashCode(
  entries: Readonly<Record<string, CodeEntry>>,
  root: string,
): Promise<Record<string, HashedCode>> {
  const bundled = await bundleEntries(
    Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, sourceOf(entry)])),
    root,
  );
  return Object.fromEntries(
    Object.entries(bundled).map(([name, { code, files, packages: imported }]) => {
      const packages = packageVersions(imported, entries[name]?.file ?? root);
      return [name, { hash: hashText(canonical({ code, packages })), files, packages }];
    }),
  );
}

function sourceOf({ file, exportName }: CodeEntry): string {
  const from = JSON.stringify(file);
  return exportName === undefined
    ? `import * as all from ${from}; export { all };`
    : `export { ${exportName} as node } from ${from};`;
}

export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function packageVersions(specifiers: readonly string[], from: string): [string, string][] {
  const names = new Set(
    specifiers
      .filter((specifier) => !specifier.startsWith('node:') && !builtinModules.includes(specifier))
      .map((specifier) =>
        specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
  );
  return [...names].sort().map((name) => [name, installedVersion(name, from)]);
}

/** Version of the package that a file would import by this name. */
export function installedVersion(name: string, from: string): string {
  for (let folder = path.dirname(from); ; folder = path.dirname(folder)) {
    const own = path.join(folder, 'package.json');
    const installed = path.join(folder, 'node_modules', name, 'package.json');
    for (const manifest of [installed, own]) {
      if (!existsSync(manifest)) continue;
      const read = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string; version?: string };
      if (read.name === name && read.version) return read.version;
    }
    if (folder === path.dirname(folder)) return 'not installed';
  }
}
