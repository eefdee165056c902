// `npm run bench NAME`: runs bench/NAME.ts; without a name it lists them. The rest of the line goes to the benchmark.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './program.mjs';
import { NotReady, ready } from './ready.mjs';
import { runTypeScript } from './typescript.mjs';

/** Programs in bench/: what no other file there imports. Each with the first sentence of what it says of itself. */
function benchmarks() {
  const texts = readdirSync(inRoot('bench'), { recursive: true })
    .map((name) => String(name).split(path.sep).join('/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => ({ name: name.slice(0, -3), text: readFileSync(inRoot('bench', name), 'utf8') }));
  const imported = new Set(
    texts.flatMap(({ name, text }) =>
      [...text.matchAll(/from '(\.[^']*)\.js'/g)].map(([, to]) => path.posix.join(path.posix.dirname(name), to)),
    ),
  );
  return texts
    .filter(({ name }) => !imported.has(name))
    .map(({ name, text }) => {
      const said = /^(?:\/\/|\/\*\*)([\s\S]*?)(?:\*\/|\nimport)/.exec(text)?.[1] ?? '';
      return {
        name,
        what: said
          .replace(/\s+\*?\s*/g, ' ')
          .trim()
          .split(/[.:] /)[0],
      };
    });
}

const [name, ...args] = process.argv.slice(2);
const source = name && inRoot('bench', `${name}.ts`);
if (!source || !existsSync(source)) {
  if (name) process.stderr.write(`There is no benchmark "${name}".\n`);
  for (const one of benchmarks()) process.stdout.write(`${one.name.padEnd(20)} ${one.what}\n`);
  process.exitCode = name ? 2 : 0;
} else {
  try {
    await ready({ setup: ['temporal', 'valkey', 'tensorflow', 'lightgbm'] });
    process.exitCode = await runTypeScript(`bench/${name}.ts`, args);
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
