import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Languages of zod's messages, of which ours need none: half of the file otherwise. */
const LANGUAGES = /zod[\\/]v4[\\/]locales[\\/]/;
const KEPT = new Set(['en.js', 'index.js']);

export interface StandaloneModule {
  /** Text of `predict.mjs`. */
  readonly text: string;
  /** Name, version and licence of each package whose code it holds. */
  readonly notice: string;
}

/**
 * The module of a standalone export, with the transform that rows go through, the checks of requests and what a task's numbers mean: the
 * code that serves here, made one file without imports of packages.
 */
export async function standaloneModule(): Promise<StandaloneModule> {
  // Not before: no other command of models needs the compiler.
  const { build } = await import('esbuild');
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL(`./predict${extension}`, import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    minify: true,
    write: false,
    metafile: true,
    absWorkingDir: path.parse(fileURLToPath(import.meta.url)).root,
    logLevel: 'silent',
    legalComments: 'none',
    // Asked for in Node alone.
    external: ['node:fs/promises'],
    plugins: [
      {
        name: 'one-language',
        setup: ({ onLoad }) => {
          onLoad({ filter: LANGUAGES }, ({ path: file }) =>
            KEPT.has(path.basename(file)) ? undefined : { contents: 'export default undefined;', loader: 'js' },
          );
        },
      },
    ],
  });
  const folders = new Set(
    Object.keys(metafile.inputs).flatMap(
      (file) => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(`/${file}`)?.[1] ?? [],
    ),
  );
  return { text: outputFiles[0]!.text, notice: [...folders].sort().map(packageNotice).join('\n') };
}

/** Name, version and licence of a package in its folder. */
export function packageNotice(folder: string): string {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const terms = existsSync(folder) ? readdirSync(folder).find((name) => /^licen[cs]e/i.test(name)) : undefined;
  const text = terms === undefined ? '' : `\n${readFileSync(path.join(folder, terms), 'utf8').trim()}\n`;
  return `${String(manifest['name'])} ${String(manifest['version'])} (${String(manifest['license'])})\n${text}`;
}
