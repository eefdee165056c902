import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, Metafile, Plugin } from 'esbuild';
import { TrainyardError } from '@trainyard/errors';
import { build, transform } from './compiler.js';
import { compiled } from './package-root.js';
import { packagesOutside } from './packages-outside.js';
import { markPure } from './pure-declarations.js';
import { writeWhole } from './write-whole.js';

/**
 * Compiles a module of the user's project, with its local imports, to one file of JavaScript named by its content, and
 * gives that file's path. What runs is thereby fixed: an edit makes another file, and no process mixes two versions.
 * Packages stay outside and resolve from the project. Throws TY-CODE with the place of a syntax error.
 */
export async function compileModule(file: string, buildFolder: string): Promise<string> {
  const result = await guard(file, () =>
    build({
      entryPoints: [file],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [packagesOutside(({ path: name }) => name), ownUrls((file) => pathToFileURL(file).href)],
      outfile: path.join(buildFolder, 'module.mjs'),
    }),
  );
  noteInputs(process.cwd(), result.metafile);
  const code = result.outputFiles[0]?.contents ?? new Uint8Array();
  const hash = hashOf([code]);
  const target = path.join(buildFolder, `${path.basename(file).replace(/\.[cm]?[jt]sx?$/, '')}-${hash}.mjs`);
  await writeWhole(target, code);
  return target;
}

/** Files that were compiled or hashed by this process so far, of whatever kind. */
const sources = new Set<string>();

/**
 * What the project is made of, as far as this process has read it: of installed packages only what plugins are bundled of, and
 * none of this one's files.
 */
export function projectSources(): readonly string[] {
  return [...sources].sort();
}

/** Files that belong to the project's code and are compiled by nobody. */
export function noteSources(files: readonly string[]): void {
  for (const file of files) sources.add(file);
}

function noteInputs(folder: string, { inputs }: Metafile): void {
  for (const name of Object.keys(inputs)) {
    const file = path.resolve(folder, name);
    const isOwn = !path.relative(compiled(), file).startsWith('..');
    if (!name.startsWith('virtual:') && !isOwn) sources.add(file);
  }
}

/** Short name of a content. */
export function hashOf(contents: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const one of contents) hash.update(one).update('\0');
  return hash.digest('hex').slice(0, 24);
}

/** `import.meta.url` of a module that was merged into another file still names the module's own place. */
export function ownUrls(name: (file: string) => string): Plugin {
  return {
    name: 'own-urls',
    setup(on) {
      on.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path: file }) => {
        const source = await readFile(file, 'utf8');
        if (!source.includes('import.meta.url')) return undefined;
        return { contents: source.replaceAll('import.meta.url', JSON.stringify(name(file))), loader: loaderOf(file) };
      });
    },
  };
}

/** Imports a module of the user's project, TypeScript or JavaScript; throws TY-CODE when it cannot be loaded. */
export async function importModule(file: string, buildFolder: string): Promise<Record<string, unknown>> {
  const compiled = await compileModule(file, buildFolder);
  try {
    return (await import(pathToFileURL(compiled).href)) as Record<string, unknown>;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && cause.code.startsWith('TY-'))
      throw cause;
    throw new TrainyardError('TY-CODE', {
      what: `${path.basename(file)} could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: { file },
      cause,
    });
  }
}

/** Where a specifier leads from a folder, as an import would resolve it: paths without endings, packages, their exports. */
export async function resolveModule(specifier: string, folder: string): Promise<string | undefined> {
  let resolved: string | undefined;
  const resolver: Plugin = {
    name: 'resolver',
    setup(on) {
      on.onStart(async () => {
        const result = await on.resolve(specifier, { kind: 'import-statement', resolveDir: folder });
        if (result.errors.length === 0 && !result.external) resolved = result.path;
      });
    },
  };
  await build({
    stdin: { contents: '', resolveDir: folder },
    write: false,
    platform: 'node',
    logLevel: 'silent',
    plugins: [resolver],
  });
  return resolved;
}

/** Lets the bundler leave out declarations that an entry does not use, with what only they use. */
function declarations(whole: (file: string) => boolean): Plugin {
  return {
    name: 'declarations',
    setup(on) {
      on.onLoad({ filter: /\.[cm]?[jt]s$/, namespace: 'file' }, async ({ path: file }) => {
        if (whole(file)) return undefined;
        const source = await readFile(file, 'utf8');
        let known = marked.get(file);
        if (known?.source !== source) marked.set(file, (known = { source, contents: mark(source, file) }));
        const contents = await known.contents;
        return contents === undefined ? undefined : { contents, loader: loaderOf(file) };
      });
    },
  };
}

/** Files as they were marked last: all nodes and all of their neighbours are hashed one after the other. */
const marked = new Map<string, { readonly source: string; readonly contents: Promise<string | undefined> }>();

/** A file without types and with its marks; undefined where it is no valid code, which the bundler then says. */
async function mark(source: string, file: string): Promise<string | undefined> {
  // Imports stay as they are written, since the bundler knows which of them count.
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
  const options = { loader: loaderOf(file), tsconfigRaw, logLevel: 'silent' } as const;
  const plain = await transform(source, options).catch(() => undefined);
  return plain && markPure(plain.code, (specifier) => isAuthoring(specifier, file));
}

function loaderOf(file: string): 'ts' | 'js' {
  return /ts$/.test(file) ? 'ts' : 'js';
}

/** Whether a module imports the face with which nodes are written. */
function isAuthoring(specifier: string, from: string): boolean {
  if (!specifier.startsWith('.')) return /^trainyard(\/(worker|search|tables|models|python|runtime))?$/.test(specifier);
  const relative = path.relative(compiled(), path.resolve(path.dirname(from), specifier));
  return /^(core|worker|tables|models)[\\/]/.test(relative);
}

export interface BundledEntry {
  /** Code without comments and layout: equal for edits that change neither. */
  readonly code: string;
  /** Specifiers of packages that it imports, sorted. */
  readonly packages: readonly string[];
  readonly files: readonly string[];
}

/** How files are taken that are known otherwise. */
export interface Taken {
  /** Whether declarations of a file count that nobody uses, too. */
  readonly whole?: (file: string) => boolean;
  /** Whether a file stays out, as a package does. */
  readonly outside?: (file: string) => boolean;
}

/** Bundles virtual modules (name → source) that import from a folder; used for hashing, never run. */
export async function bundleEntries(
  entries: Readonly<Record<string, string>>,
  folder: string,
  { whole = () => false, outside = () => false }: Taken = {},
): Promise<Record<string, BundledEntry>> {
  const names = Object.keys(entries);
  if (names.length === 0) return {};
  const virtual: Plugin = {
    name: 'virtual',
    setup(on) {
      on.onResolve({ filter: /^virtual:/ }, (args) => ({ path: args.path, namespace: 'virtual' }));
      on.onLoad({ filter: /.*/, namespace: 'virtual' }, (args) => ({
        contents: entries[args.path.slice('virtual:'.length)] ?? '',
        resolveDir: folder,
        loader: 'ts',
      }));
      on.onResolve({ filter: /.*/, namespace: 'virtual' }, ({ path: file }) =>
        path.isAbsolute(file) && outside(file) ? { path: file, external: true } : undefined,
      );
    },
  };
  const result = await guard(folder, () =>
    build({
      // By number: a name such as `./nodes/mine` is not the path at which esbuild puts the output.
      entryPoints: names.map((name, index) => ({ in: `virtual:${name}`, out: String(index) })),
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      treeShaking: true,
      minifyWhitespace: true,
      legalComments: 'none',
      logLevel: 'silent',
      plugins: [virtual, packagesOutside(({ path: name }) => name), declarations(whole)],
      absWorkingDir: folder,
      outdir: path.join(folder, 'out'),
    }),
  );
  noteInputs(folder, result.metafile);
  const outputs = new Map(
    result.outputFiles.map((file) => [
      path.relative(path.join(folder, 'out'), file.path).replace(/\.js$/, ''),
      file.text,
    ]),
  );
  return Object.fromEntries(
    names.map((name, index) => [name, bundled(outputs.get(String(index)) ?? '', result.metafile, String(index))]),
  );
}

/** `require` of `createRequire`, which the bundler leaves alone, with the name of a package. */
const REQUIRED = /\brequire\d*(?:\.resolve)?\("([^"./][^"]*)"\)/g;

function bundled(code: string, metafile: Metafile, output: string): BundledEntry {
  const found = Object.entries(metafile.outputs).find(([file]) => file === `out/${output}.js`)?.[1];
  const imported = (found?.imports ?? []).filter((one) => one.external).map((one) => one.path);
  const required = [...code.matchAll(REQUIRED)].map(([, name = '']) => name);
  return {
    code,
    packages: [...new Set([...imported, ...required])].sort(),
    files: Object.keys(found?.inputs ?? {})
      .filter((file) => !file.startsWith('virtual:'))
      .sort(),
  };
}

/** Says in words what the bundler found wrong. */
export async function guard<T>(where: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const first = (error as Partial<BuildFailure>).errors?.[0];
    if (!first) throw error;
    const at = first.location;
    throw new TrainyardError('TY-CODE', {
      what: first.text,
      where: { file: at ? `${at.file}:${at.line}:${at.column + 1}` : where },
      ...(at ? { actual: at.lineText.trim() } : {}),
    });
  }
}
