import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OnResolveArgs, Plugin } from 'esbuild';
import { guard, hashOf, ownUrls } from './compile.js';
import { build } from './compiler.js';
import { packageRoot } from '../setup/package-root.js';
import { packagesOutside } from './packages-outside.js';
import { writeWhole } from './write-whole.js';

/** Modules of this package as text, by file name, with marks where the places of this machine belong. */
export interface OwnModules {
  readonly texts: Readonly<Record<string, string>>;
  /** Files that they were made of, relative to the package. */
  readonly inputs: readonly string[];
}

/** What stands where a package is imported, and for a file's own place. */
const MARK = /"trainyard-(import|require|file):([^"]+)"/g;

const packageMark = ({ kind, path: name }: OnResolveArgs): string =>
  `trainyard-${kind === 'require-call' ? 'require' : 'import'}:${name}`;

/** Bundles modules of this package (name → file) together, for any machine. */
export async function bundleOwn(files: Readonly<Record<string, string>>): Promise<OwnModules> {
  const root = packageRoot();
  const out = path.join(root, 'out');
  const { outputFiles, metafile } = await guard(root, () =>
    build({
      entryPoints: files,
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      conditions: ['node'],
      logLevel: 'silent',
      absWorkingDir: root,
      plugins: [
        packagesOutside(packageMark),
        leftInPlace(root),
        ownUrls((file) => `trainyard-file:${path.relative(root, file).split(path.sep).join('/')}`),
      ],
      outdir: out,
      outExtension: { '.js': '.mjs' },
    }),
  );
  const sorted = [...outputFiles].sort((one, other) => (one.path < other.path ? -1 : 1));
  return {
    texts: Object.fromEntries(sorted.map((file) => [path.relative(out, file.path), file.text])),
    inputs: Object.keys(metafile.inputs)
      .map((file) => publishedPlace(file, root))
      .sort(),
  };
}

/** Where a file lies in the published package: a library of the workspace lies among the installed packages there. */
export function publishedPlace(file: string, root: string): string {
  const [, folder, rest] = /^packages\/([^/]+)\/(.*)$/.exec(file) ?? [];
  if (folder === undefined) return file;
  const manifest = readFileSync(path.join(root, 'packages', folder, 'package.json'), 'utf8');
  return `node_modules/${(JSON.parse(manifest) as { name: string }).name}/${rest}`;
}

/**
 * What is loaded when it is used and stays in this package, outside of the code of nodes: what a part loads, else each node's process
 * would hold the server's parts, and each command read them all; and libraries that are built into the package (`NAME.bundled.js`),
 * of megabytes, which each project would hold anew. A node's hash covers both.
 */
function leftInPlace(root: string): Plugin {
  const inPackage = (file: string): string => path.relative(root, file).split(path.sep).join('/');
  const isPart = (file: string): boolean =>
    /^dist\/(activities\/processes\/[^/]+|plugins\/[^/]+\/parts)\.js$/.test(inPackage(file));
  return {
    name: 'left-in-place',
    setup(on) {
      on.onResolve({ filter: /^\./ }, ({ kind, importer, resolveDir, path: name }) => {
        if (kind !== 'dynamic-import' || !(isPart(importer) || name.endsWith('.bundled.js'))) return undefined;
        return { path: `trainyard-file:${inPackage(path.resolve(resolveDir, name))}`, external: true };
      });
    },
  };
}

/**
 * Writes bundled modules to a folder named by their content, each package by the place where it is installed now, and
 * gives their paths by name: what runs is fixed as for the user's own code, also when the installed package changes.
 */
export async function placeOwn(
  { texts }: Pick<OwnModules, 'texts'>,
  buildFolder: string,
): Promise<Record<string, string>> {
  const marks = Object.values(texts).flatMap((text) =>
    [...text.matchAll(MARK)].map(([, kind = '', name = '']) => ({ kind, name })),
  );
  const places = await packagePlaces(marks);
  const placed = Object.entries(texts).map(([file, text]) => {
    const own = text.replaceAll(MARK, (mark, kind: string, name: string) =>
      JSON.stringify(
        kind === 'file' ? pathToFileURL(path.join(packageRoot(), name)).href : (places.get(`${kind}:${name}`) ?? mark),
      ),
    );
    return [file, own] as const;
  });
  const folder = path.join(buildFolder, `trainyard-${hashOf(placed.map(([, text]) => text))}`);
  for (const [file, text] of placed) await writeWhole(path.join(folder, file), text);
  return Object.fromEntries(placed.map(([file]) => [file.replace(/\.mjs$/, ''), path.join(folder, file)]));
}

/** Where packages are that this package's code imports, as Node would find them from there. */
async function packagePlaces(
  marks: readonly { readonly kind: string; readonly name: string }[],
): Promise<ReadonlyMap<string, string>> {
  const places = new Map<string, string>();
  const resolver: Plugin = {
    name: 'places',
    setup(on) {
      on.onStart(async () => {
        const asked = new Map(
          marks.filter(({ kind }) => kind !== 'file').map((one) => [`${one.kind}:${one.name}`, one]),
        );
        await Promise.all(
          [...asked].map(async ([mark, { kind, name }]) => {
            const isRequire = kind === 'require';
            const found = await on.resolve(name, {
              kind: isRequire ? 'require-call' : 'import-statement',
              resolveDir: path.join(packageRoot(), 'dist'),
            });
            if (found.errors.length > 0) return { errors: found.errors };
            places.set(mark, isRequire ? found.path : pathToFileURL(found.path).href);
            return undefined;
          }),
        );
      });
    },
  };
  await guard(packageRoot(), () =>
    build({
      stdin: { contents: '', resolveDir: packageRoot() },
      write: false,
      platform: 'node',
      conditions: ['node'],
      logLevel: 'silent',
      plugins: [resolver],
    }),
  );
  return places;
}
