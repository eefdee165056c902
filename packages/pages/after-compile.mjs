// After the compiler, whose `plot.js` names the package: puts what the charts use of Observable Plot into that file, with
// what it needs of D3. As dependencies they would bring 10 MB to each installation, nearly all of it for browsers.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = path.join(here, '..', '..');
const folder = path.join(here, 'dist', 'charts');

const { metafile } = await build({
  entryPoints: [path.join(here, 'src', 'charts', 'plot.ts')],
  outfile: path.join(folder, 'plot.js'),
  absWorkingDir: root,
  bundle: true,
  metafile: true,
  minify: true,
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'warning',
});
// Its types are those of a package that is not there; nobody imports it but the charts.
rmSync(path.join(folder, 'plot.d.ts'), { force: true });
const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
  Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
);
writeFileSync(path.join(folder, 'NOTICE'), notice(used));

/** Whose code it is, with the terms of each. */
function notice(files) {
  const names = [...new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))].sort(
    (a, b) => (a < b ? -1 : 1),
  );
  const said = names.map((name) => {
    const at = (file) => readFileSync(path.join(root, 'node_modules', name, file), 'utf8');
    const { version, license } = JSON.parse(at('package.json'));
    return `${name} ${version}: ${license}\n\n${at('LICENSE').trim()}`;
  });
  return `charts/plot.js is built from these packages:\n\n${said.join('\n\n---\n\n')}\n`;
}
