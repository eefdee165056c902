import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type BuildFailure, type Metafile, type Plugin } from 'esbuild';
import { TrainyardError } from '../core/errors/index.js';
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
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [ownUrls],
      outfile: path.join(buildFolder, 'module.mjs'),
    }),
  );
  const code = result.outputFiles[0]?.contents ?? new Uint8Array();
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 24);
  const target = path.join(buildFolder, `${path.basename(file).replace(/\.[cm]?[jt]sx?$/, '')}-${hash}.mjs`);
  await writeWhole(target, code);
  return target;
}

/** `import.meta.url` of a module that was merged into another file still names the module's own place. */
const ownUrls: Plugin = {
  name: 'own-urls',
  setup(on) {
    on.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      if (!source.includes('import.meta.url')) return undefined;
      return {
        contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href)),
        loader: /ts$/.test(file) ? 'ts' : 'js',
      };
    });
  },
};

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

/**
 * Lets the bundler leave out implementations that an entry does not use, with what only they use, so that nodes of one
 * file do not share a hash. (Its option `pure` is for global functions, not for imported ones.)
 */
const declarations: Plugin = {
  name: 'declarations',
  setup(on) {
    on.onLoad({ filter: /\.[cm]?[jt]s$/, namespace: 'file' }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const declared = /^(export default |(?:export )?const [\w$]+ = )(?=implement[(<])/gm;
      if (!declared.test(source)) return undefined;
      return {
        contents: source.replace(declared, '$1/* @__PURE__ */ '),
        loader: /ts$/.test(file) ? 'ts' : 'js',
      };
    });
  },
};

export interface BundledEntry {
  /** Code without comments and layout: equal for edits that change neither. */
  readonly code: string;
  /** Specifiers of packages that it imports, sorted. */
  readonly packages: readonly string[];
  readonly files: readonly string[];
}

/** Bundles virtual modules (name → source) that import from a folder; used for hashing, never run. */
export async function bundleEntries(
  entries: Readonly<Record<string, string>>,
  folder: string,
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
      packages: 'external',
      treeShaking: true,
      minifyWhitespace: true,
      legalComments: 'none',
      logLevel: 'silent',
      plugins: [virtual, declarations],
      absWorkingDir: folder,
      outdir: path.join(folder, 'out'),
    }),
  );
  const outputs = new Map(
    result.outputFiles.map((file) => [
      path.relative(path.join(folder, 'out'), file.path).replace(/\.js$/, ''),
      file.text,
    ]),
  );
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      { code: outputs.get(String(index)) ?? '', ...importsOf(result.metafile, String(index)) },
    ]),
  );
}

function importsOf(metafile: Metafile, output: string): Pick<BundledEntry, 'packages' | 'files'> {
  const found = Object.entries(metafile.outputs).find(([file]) => file === `out/${output}.js`)?.[1];
  const packages = new Set((found?.imports ?? []).filter((one) => one.external).map((one) => one.path));
  return {
    packages: [...packages].sort(),
    files: Object.keys(found?.inputs ?? {})
      .filter((file) => !file.startsWith('virtual:'))
      .sort(),
  };
}

async function guard<T>(where: string, run: () => Promise<T>): Promise<T> {
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
