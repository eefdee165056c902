import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mlh-install-'));
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'lib', 'tsc.js');
const run = (file: string, ...args: string[]): string =>
  execFileSync(file, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

const FIRST = `
const study = createStudy({ space: { x: float(-1, 1) }, sampler: 'tpe', seed: 4 });
for (let i = 0; i < 15; i++) { const { number, params } = study.ask(); study.tell(number, params.x * params.x); }
const told = JSON.stringify(study.best);
`;

beforeAll(() => {
  // As it was built before the tests: built anew, its files would change under other tests, for which they are code of Workflows.
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'pipe' });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  execFileSync(
    'npm',
    ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', './ml-hyperparameter-0.1.0.tgz'],
    { cwd: folder, stdio: 'pipe' },
  );
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('installs alone, with nothing beside it', () => {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, unknown>;
  };
  expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/ml-hyperparameter']);
});

it('gives the same study as ES module, as CommonJS and in a browser page', async () => {
  writeFileSync(
    join(folder, 'first.mjs'),
    `import { createStudy, float } from 'ml-hyperparameter';${FIRST}console.log(told);`,
  );
  writeFileSync(
    join(folder, 'first.cjs'),
    `const { createStudy, float } = require('ml-hyperparameter');${FIRST}console.log(told);`,
  );
  const esm = run(process.execPath, 'first.mjs').trim();
  expect(run(process.execPath, 'first.cjs').trim()).toBe(esm);
  expect(
    run(process.execPath, '-e', "console.log(typeof require('ml-hyperparameter/testing').samplerCases)").trim(),
  ).toBe('function');
  const page = await inBrowser();
  expect(page).toBe(esm);
}, 120_000);

it('types resolve for both kinds of module', () => {
  mkdirSync(join(folder, 'types'), { recursive: true });
  const body =
    'const study = createStudy({ space: { x: float(0, 1) } }); const x: number = study.ask().params.x; void x;';
  writeFileSync(
    join(folder, 'types', 'esm.mts'),
    `import { createStudy, float } from 'ml-hyperparameter'; import { samplerCases } from 'ml-hyperparameter/testing'; void samplerCases; ${body}`,
  );
  writeFileSync(join(folder, 'types', 'cjs.cts'), `import { createStudy, float } from 'ml-hyperparameter'; ${body}`);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, module: 'nodenext', target: 'es2022', lib: ['es2022'], types: [] },
      include: ['types'],
    }),
  );
  run(process.execPath, compiler, '-p', '.');
}, 120_000);

/** Loads the installed ES modules in a real browser, served from the folder. */
async function inBrowser(): Promise<string> {
  const { createServer } = await import('node:http');
  const { chromium } = await import('playwright-core');
  const { default: binary } = await import('@sparticuz/chromium');
  writeFileSync(
    join(folder, 'index.html'),
    `<script type="module">import { createStudy, float } from '/node_modules/ml-hyperparameter/dist/index.js';${FIRST}document.title = told;</script>`,
  );
  const server = createServer((request, response) => {
    const path = join(folder, request.url === '/' ? 'index.html' : (request.url ?? ''));
    if (!existsSync(path)) return void response.writeHead(404).end();
    response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html').end(readFileSync(path));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const browser = await chromium.launch({ executablePath: await binary.executablePath(), args: binary.args });
  try {
    const page = await browser.newPage();
    const { port } = server.address() as { port: number };
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction('document.title !== ""', undefined, { timeout: 20_000 });
    return await page.title();
  } finally {
    await browser.close();
    server.close();
  }
}
