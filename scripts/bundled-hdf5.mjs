// HDF5's library, for weights of Keras: the one of its four builds that is loaded, as one file of our own. The package
// brings 15 MB to each installation, with builds for browsers and its tests.
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './program.mjs';

/** @param {string} folder where the compiler has put `h5wasm.bundled.js`, which names the package and is written anew */
export async function bundleHdf5(folder) {
  // Not before: the house's commands run before anything is installed.
  const { build } = await import('esbuild');
  await build({
    entryPoints: [inRoot('node_modules', 'h5wasm', 'dist', 'esm', 'hdf5_hl.js')],
    outfile: path.join(folder, 'h5wasm.bundled.js'),
    absWorkingDir: inRoot(),
    allowOverwrite: true,
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'error',
  });
  copyFileSync(inRoot('node_modules', 'h5wasm', 'LICENSE.txt'), path.join(folder, 'h5wasm.LICENSE.txt'));
}
