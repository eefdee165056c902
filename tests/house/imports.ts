import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { files, root } from './tree.js';

export interface Import {
  readonly from: string;
  readonly to: string;
  /** A package, by its name. */
  readonly external?: boolean | undefined;
}

/** Folders whose TypeScript is compiled to dist/: the product itself. */
export const sources = files.filter(
  (name) => /^[a-z-]+\/.*\.ts$/.test(name) && !/^(tests|bench|examples|packages|docs|scripts)\//.test(name),
);

/** The sources of the libraries in packages/. */
export const librarySources = files.filter((name) => /^packages\/[^/]+\/src\/.*\.ts$/.test(name));

/**
 * Who imports whom among files of the house, as esbuild resolves it: for types alone and while it runs, too. Tests are
 * left out; a package that is imported by its name is given by that name.
 */
export async function importsAmong(given: readonly string[]): Promise<Import[]> {
  const entries = given.filter((name) => !/\.test(-part)?\.ts$/.test(name) && !name.endsWith('.d.ts'));
  const { metafile } = await build({
    stdin: { contents: entries.map((name) => `import './${name}';`).join('\n'), resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
    absWorkingDir: root,
    // Keeps imports that only types use.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [
      {
        name: 'types-count',
        setup: (on) =>
          on.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => ({
            contents: (await readFile(file, 'utf8')).replace(/^(import|export) type (?=[{*])/gm, '$1 '),
            loader: 'ts',
          })),
      },
    ],
  });
  return Object.entries(metafile.inputs)
    .filter(([from]) => from !== '<stdin>')
    .flatMap(([from, input]) =>
      input.imports.map(({ path: to, external }) => ({ from, to: external ? to : path.normalize(to), external })),
    );
}
