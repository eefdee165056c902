// The CommonJS face, in a folder that says so: one bundle per entry, and a copy of the declarations.
import { build } from 'esbuild';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('./dist/', import.meta.url));
const cjs = `${dist}cjs/`;
// Beside dist, by its own name: Node 24 takes `dist/../x` for a folder inside dist.
const declarations = fileURLToPath(new URL('./.cjs-declarations/', import.meta.url));
rmSync(cjs, { recursive: true, force: true });
cpSync(dist, declarations, {
  recursive: true,
  filter: (from) => !/\.(js|cjs|cts|map|tsbuildinfo)$/.test(from),
});
mkdirSync(cjs);
cpSync(declarations, cjs, { recursive: true });
rmSync(declarations, { recursive: true });
writeFileSync(`${cjs}package.json`, '{ "type": "commonjs" }\n');
for (const entry of ['index', 'testing/index']) {
  await build({
    entryPoints: [`${dist}${entry}.js`],
    outfile: `${cjs}${entry}.js`,
    bundle: true,
    format: 'cjs',
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'warning',
  });
}
