// TensorFlow.js for machines without the native binding: what is loaded of its packages as one file of our own, with the
// two WebAssembly binaries that Node can use. The packages themselves bring 66 MB, most of it for browsers, in five
// dialects of JavaScript, with maps and tests.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './program.mjs';

/** TensorFlow.js asks for the third one, with threads, in browsers alone. */
const binaries = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'];

const entry = `
  import '@tensorflow/tfjs-core/dist/register_all_gradients';
  import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
  export * from '@tensorflow/tfjs-core';
  import '@tensorflow/tfjs-backend-cpu';
  export { setWasmPaths, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
`;

/** @param {string} folder emptied and written anew */
export async function buildPortableTensorflow(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Not before: the house's commands run before anything is installed.
  const { build } = await import('esbuild');
  const { metafile } = await build({
    stdin: { contents: entry, resolveDir: inRoot() },
    outfile: path.join(folder, 'index.cjs'),
    absWorkingDir: inRoot(),
    bundle: true,
    metafile: true,
    minifySyntax: true,
    minifyWhitespace: true,
    platform: 'node',
    // Modules, which can be left out one by one; `main` is one file of old JavaScript for each package.
    mainFields: ['module', 'main'],
    // Asked for where Node has no `fetch` of its own, which each supported one has.
    external: ['node-fetch'],
    target: 'node20',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const name of binaries)
    copyFileSync(inRoot('node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist', name), path.join(folder, name));
  // TensorFlow.js is under the licence that we have ourselves.
  copyFileSync(inRoot('LICENSE'), path.join(folder, 'LICENSE'));
  const files = Object.keys(metafile.inputs).filter((file) => file.startsWith('node_modules/'));
  writeFileSync(path.join(folder, 'NOTICE'), notice(files));
  // By the names that they have in records.
  const versions = { tfjs: manifestOf('@tensorflow/tfjs-core').version };
  versions['tfjs-wasm'] = manifestOf('@tensorflow/tfjs-backend-wasm').version;
  writeFileSync(path.join(folder, 'versions.json'), `${JSON.stringify(versions)}\n`);
}

const manifestOf = (name) => JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8'));

/** Whose code it is and under which licences: of each package, and the terms that stand in the files of the others. */
function notice(files) {
  const names = [...new Set(files.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]))].sort();
  const packages = names.map((name) => {
    const { version, license } = manifestOf(name);
    return `${name} ${version}: ${license}${name.startsWith('@tensorflow/') ? ', Copyright Google LLC' : ''}`;
  });
  const terms = files
    .filter((file) => !file.startsWith('node_modules/@tensorflow/'))
    .flatMap((file) => readFileSync(inRoot(file), 'utf8').match(/\/\*[^]*?\*\/|(?:^[ \t]*\/\/.*\n)+/gm) ?? [])
    .filter((comment) => /copyright/i.test(comment));
  return `This folder is built from these packages:\n\n${packages.join('\n')}\n\n${[...new Set(terms)].join('\n')}`;
}
