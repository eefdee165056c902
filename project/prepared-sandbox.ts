import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { guard, hashOf } from './compile.js';
import { build } from './compiler.js';
import { compiled } from './package-root.js';
import { packageRoot } from '../setup/package-root.js';
import { installedVersion } from './code-hash.js';
import { areAsTheyWere, digestsOf } from './prepared-nodes.js';
import { publishedPlace } from './own-modules.js';
import { replaceWhole } from './write-whole.js';

/**
 * This package's own code for the Workflow sandbox, as one module that is made when the package is built: engine, durable
 * processes, contracts, zod. The bundler of a project then has its pipelines to compile, and not the same five hundred files at
 * each edit.
 */
export interface PreparedSandbox {
  /** Files of this package that it was made of, relative to it, with the digest of each. */
  readonly inputs: readonly (readonly [file: string, digest: string])[];
  /** Other packages that it was made of, wherever they are installed, with their versions. */
  readonly packages: readonly (readonly [name: string, version: string])[];
  /** Module that stands for a file that others import, both relative to the package; `zod` is that package's. */
  readonly entries: Readonly<Record<string, string>>;
}

const FOLDER = 'prepared-sandbox';

/** What must be there once, and is the SDK's: the sandbox has it already. */
const OUTSIDE = /^(@temporalio\/|nexus-rpc)/;

/** Modules with a state, or with classes that are told apart. */
const SHARED = /^dist\/(core|workflows)\//;

/** Makes it of the files that a bundle imports (absolute), and writes it into this package. */
export async function prepareSandbox(imported: readonly string[]): Promise<void> {
  const root = packageRoot();
  const zod = zodFile();
  const entries = [...new Set([...imported, zod])];
  const exports = await exportsOf(entries);
  const { outputFiles, metafile } = await guard(root, () =>
    build({
      ...OPTIONS,
      stdin: {
        contents: entries.map((file, at) => `export * as module${at} from ${JSON.stringify(file)};`).join('\n'),
        resolveDir: root,
      },
      absWorkingDir: root,
      outfile: path.join(root, 'out.js'),
    }),
  );
  const files = Object.keys(metafile.inputs).filter((file) => file !== '<stdin>');
  const others = new Set(files.flatMap((file) => packageIn(file) ?? []));
  const inputs = files
    .filter((file) => packageIn(file) === undefined)
    .map((file) => publishedPlace(file, root))
    .sort();
  await replaceWhole(compiled(FOLDER, 'whole.js'), outputFiles[0]?.text ?? '');
  const shims: Record<string, string> = {};
  for (const [at, file] of entries.entries()) {
    const shim = compiled(FOLDER, `module${at}.js`);
    const names = exports.get(file);
    if (!names) throw new Error(`${file} has no exports that are known`);
    await replaceWhole(shim, shimOf(at, names));
    shims[file === zod ? 'zod' : relative(file)] = relative(shim);
  }
  const prepared: PreparedSandbox = {
    inputs: [...digestsOf(inputs)],
    packages: [...others].sort().map((name) => [name, versionOf(name)]),
    entries: shims,
  };
  await replaceWhole(compiled(FOLDER, 'index.json'), JSON.stringify(prepared));
}

/** The package of a bundled file that `npm install` put beside this one, or above it. */
const packageIn = (file: string): string | undefined => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];

/** Version of a package as this one would import it. */
const versionOf = (name: string): string => installedVersion(name, compiled('core', 'index.js'));

/** What `import 'zod'` gives here. */
const zodFile = (): string =>
  createRequire(import.meta.url)
    .resolve('zod')
    .replace(/\.cjs$/, '.js');

const outside: Plugin = {
  name: 'outside',
  setup: (on) => on.onResolve({ filter: OUTSIDE }, ({ path: name }) => ({ path: name, external: true })),
};

const OPTIONS = {
  bundle: true,
  write: false,
  metafile: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['import'],
  target: 'es2022',
  logLevel: 'silent',
  legalComments: 'none',
  plugins: [outside],
} as const satisfies BuildOptions;

/** What each file exports. */
async function exportsOf(files: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const root = packageRoot();
  const { metafile } = await guard(root, () =>
    build({
      ...OPTIONS,
      entryPoints: [...files],
      splitting: true,
      absWorkingDir: root,
      outdir: path.join(root, 'out'),
    }),
  );
  return new Map(
    Object.values(metafile.outputs).flatMap(({ entryPoint, exports }) =>
      entryPoint === undefined ? [] : [[path.join(root, entryPoint), exports] as const],
    ),
  );
}

/** A module that exports what one of the files does, taken from the whole. */
function shimOf(at: number, names: readonly string[]): string {
  const value = (name: string): string => `module${at}[${JSON.stringify(name)}]`;
  const lines = names.map((name, i) => `const value${i} = ${value(name)};`);
  const exported = names.map((name, i) => `value${i} as ${JSON.stringify(name)}`);
  return [`import { module${at} } from './whole.js';`, ...lines, `export { ${exported.join(', ')} };`, ''].join('\n');
}

const relative = (file: string): string => path.relative(packageRoot(), file).split(path.sep).join('/');

/** What was prepared, found on this machine. */
export interface FoundSandbox {
  /** Module that stands for a file, by the file. */
  readonly modules: ReadonlyMap<string, string>;
  /** Of all that it was made of. */
  readonly digest: string;
  /** Whether a file is a part of it that may be there once only: what the engine and pipelines share. */
  readonly holds: (file: string) => boolean;
}

/** What was prepared, when it is still what would be made now. Undefined otherwise. */
export async function preparedSandbox(): Promise<FoundSandbox | undefined> {
  const text = await readFile(compiled(FOLDER, 'index.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { inputs, packages, entries } = JSON.parse(text) as PreparedSandbox;
  if (!areAsTheyWere(inputs)) return undefined;
  if (!packages.every(([name, version]) => versionOf(name) === version)) return undefined;
  const place = (file: string): string => path.join(packageRoot(), file);
  const modules = new Map(
    Object.entries(entries).map(([file, shim]) => [file === 'zod' ? zodFile() : place(file), place(shim)]),
  );
  const shared = new Set(inputs.flatMap(([file]) => (SHARED.test(file) ? [place(file)] : [])));
  return { modules, digest: hashOf([text]), holds: (file) => shared.has(file) };
}

/** Whether a file of this machine is a prepared one: no code that anybody has written. */
export function isPrepared(file: string): boolean {
  return file.startsWith(compiled(FOLDER) + path.sep);
}
