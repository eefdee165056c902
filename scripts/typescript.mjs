// Runs a program of this repository that is written in TypeScript: bundled first, since Node does not run it.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot, runNode } from './program.mjs';

/** `import.meta.url` and `dirname` of a file that was merged into another still name the file's own place. */
const ownUrls = {
  name: 'own-urls',
  setup: (on) =>
    on.onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8')
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
        .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(file))),
      loader: 'ts',
    })),
};

/**
 * @param {string} source path of the program in the repository
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
export async function runTypeScript(source, args) {
  const { build } = await import('esbuild');
  // Inside node_modules, so that packages are found from there.
  const folder = inRoot('node_modules', '.cache', 'trainyard-programs');
  mkdirSync(folder, { recursive: true });
  const outfile = path.join(folder, `${source.replace(/\.ts$/, '').replaceAll('/', '-')}.mjs`);
  await build({
    entryPoints: [inRoot(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    plugins: [ownUrls],
    logLevel: 'warning',
  });
  return (await runNode(outfile, args, { show: true })).code;
}
