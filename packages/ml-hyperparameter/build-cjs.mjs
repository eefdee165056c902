// The CommonJS face: one bundle per entry from the compiled modules, and the declarations beside it.
import { build } from 'esbuild';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('./dist/', import.meta.url));
for (const entry of ['index', 'testing/index']) {
  if (!existsSync(`${dist}${entry}.js`)) continue;
  await build({
    entryPoints: [`${dist}${entry}.js`],
    outfile: `${dist}${entry}.cjs`,
    bundle: true,
    format: 'cjs',
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'warning',
  });
  // A .cts declaration may not import ES modules by require: it is the same text with the specifiers left as they are.
  writeFileSync(
    `${dist}${entry}.d.cts`,
    readFileSync(`${dist}${entry}.d.ts`, 'utf8').replace(
      /from '(\.[^']+)\.js'/g,
      "from '$1.js' with { 'resolution-mode': 'import' }",
    ),
  );
}
