#!/usr/bin/env bash
# esbuild compiles a file in one of two ways, whichever import of it is seen first, when a plugin hands on what `resolve` told it.
#
# Seen with esbuild 0.28.2. A plugin's `onResolve` that asks `build.resolve` and returns the answer as it is looks like one that
# changes nothing. The file's `tsconfig.json` is no part of the answer, so a file that is reached through the plugin is compiled
# without it, and one that is reached by a relative path (which the plugin's filter leaves out) with it. Here `strict` makes the
# difference: a module that is loaded when it is used begins with "use strict" or does not. Where a build reaches one file in
# both ways, the outcome varies from build to build, and with it every digest of the output. Returning undefined instead, so that
# esbuild resolves once more by itself, gives one text for both.
#
# Needs: npm. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund esbuild@0.28.2
mkdir -p shared node_modules/@shared
ln -s ../../shared node_modules/@shared/strict
echo '{ "name": "@shared/strict", "version": "1.0.0", "type": "module", "main": "index.js" }' >shared/package.json
echo '{ "compilerOptions": { "strict": true } }' >shared/tsconfig.json
echo 'export const shared = () => 7;' >shared/index.js
cat >build.mjs <<'JS'
import { build } from 'esbuild';
const handsOn = (answer) => ({
  name: 'hands-on',
  setup(on) {
    on.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...asked }) => {
      if (pluginData === 'asked') return undefined;
      const { kind, importer, resolveDir, namespace } = asked;
      return answer(await on.resolve(path, { kind, importer, resolveDir, namespace, pluginData: 'asked' }));
    });
  },
});
async function text(specifier, answer) {
  const stdin = { contents: `export const load = () => import('${specifier}');`, resolveDir: process.cwd() };
  const options = { stdin, bundle: true, write: false, format: 'esm', minifyWhitespace: true };
  const { outputFiles } = await build({ ...options, plugins: [handsOn(answer)] });
  return outputFiles[0].text.includes('"use strict"');
}
for (const [name, answer] of [['the answer', (found) => found], ['undefined', () => undefined]]) {
  const strict = [await text('@shared/strict', answer), await text('./shared/index.js', answer)];
  console.log(`the plugin returns ${name}: strict by name ${strict[0]}, by path ${strict[1]}`);
  if (strict[0] !== (name === 'undefined') || !strict[1]) process.exit(1);
}
JS
node build.mjs || { echo 'this has changed'; exit 1; }
