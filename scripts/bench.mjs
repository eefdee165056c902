// `npm run bench NAME`: runs bench/NAME.ts; without a name it lists them. The rest of the line goes to the benchmark.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, runNode } from './program.mjs';
import { NotReady, ready } from './ready.mjs';

/** Programs in bench/, not the parts that they share: what they say of themselves names `npm run bench`. */
function benchmarks() {
  return readdirSync(inRoot('bench'), { recursive: true })
    .map((name) => String(name).split(path.sep).join('/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => ({ name: name.slice(0, -3), head: readFileSync(inRoot('bench', name), 'utf8').slice(0, 1_500) }))
    .filter(({ head }) => head.includes('npm run bench'))
    .map(({ name, head }) => ({ name, what: /^(?:\/\/ |\/\*\*\s*\*? ?)(.*)/.exec(head)?.[1] ?? '' }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

const [name, ...args] = process.argv.slice(2);
const source = name && inRoot('bench', `${name}.ts`);
if (!source || !existsSync(source)) {
  if (name) process.stderr.write(`There is no benchmark "${name}".\n`);
  for (const one of benchmarks()) process.stdout.write(`${one.name.padEnd(20)} ${one.what}\n`);
  process.exitCode = name ? 2 : 0;
} else {
  try {
    await ready({ setup: ['temporal', 'valkey', 'tensorflow'] });
    const { build } = await import('esbuild');
    // Inside node_modules, so that packages are found from there.
    const folder = inRoot('node_modules', '.cache', 'trainyard-bench');
    mkdirSync(folder, { recursive: true });
    const outfile = path.join(folder, `${name.replaceAll('/', '-')}.mjs`);
    await build({
      entryPoints: [source],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      define: { 'import.meta.url': JSON.stringify(new URL(`file://${source}`).href) },
      logLevel: 'warning',
    });
    const { code } = await runNode(outfile, args, { show: true });
    process.exitCode = code;
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
