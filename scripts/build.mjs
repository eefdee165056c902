// Compiles the libraries in packages/ and then everything else to dist/; each only where its sources changed.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleHdf5 } from './bundled-hdf5.mjs';
import { buildPortableTensorflow } from './portable-tensorflow.mjs';
import { inRoot, runNode } from './program.mjs';

const tsc = () => inRoot('node_modules', 'typescript', 'lib', 'tsc.js');
const NOT_SOURCES = new Set([
  'node_modules',
  'dist',
  '.git',
  '.trainyard',
  'shared',
  'docs',
  'examples',
  'bench',
  'tests',
]);

/** A library in packages/: the compiler, and what it brings itself in `after-compile.mjs`. */
const library = (name) => ({
  from: `packages/${name}`,
  result: `packages/${name}/dist/index.js`,
  async compile() {
    const types = await runNode(tsc(), ['-p', `packages/${name}/tsconfig.json`]);
    const more = inRoot('packages', name, 'after-compile.mjs');
    return types.code === 0 && existsSync(more) ? runNode(more) : types;
  },
});

/** What is compiled by itself, each after what it imports: the folder of its sources, where the result goes, and how. */
const parts = [
  ...[
    'errors',
    'numeric',
    'drift',
    'metrics',
    'pages',
    'tables',
    'transforms',
    'checks',
    'alike',
    'lightgbm',
    'learners',
  ].map(library),
  {
    from: 'packages/ml-hyperparameter',
    result: 'packages/ml-hyperparameter/dist/cjs/index.js',
    async compile() {
      const types = await runNode(tsc(), ['-p', 'packages/ml-hyperparameter/tsconfig.json']);
      if (types.code !== 0) return types;
      return runNode(inRoot('packages/ml-hyperparameter/build-cjs.mjs'));
    },
  },
  {
    from: '.',
    result: 'dist/cli/main.js',
    async compile() {
      const types = await runNode(tsc(), ['-p', 'scripts/tsconfig.build.json']);
      if (types.code !== 0) return types;
      await buildPortableTensorflow(inRoot('dist/portable-tensorflow'));
      await bundleHdf5(inRoot('dist/plugins/train/pretrained/keras'));
      const files = 'plugins/exports/standalone/files';
      rmSync(inRoot('dist', files), { recursive: true, force: true });
      cpSync(inRoot(files), inRoot('dist', files), { recursive: true });
      // What a worker would compute of the built-in nodes at its first start in each project.
      return runNode(inRoot('dist/project/prepare-main.js'));
    },
  },
];

const distOf = (part) => inRoot(part.from, 'dist');
/** Beside what is packed, not among it. */
const stampOf = (part) => inRoot('dist', `.sources-of-${part.from === '.' ? 'trainyard' : path.basename(part.from)}`);
const isFresh = (part) => existsSync(inRoot(part.result)) && readText(stampOf(part)) === hashSources(part);

export function isBuilt() {
  return parts.every(isFresh);
}

/** Compiles what is stale. @returns {Promise<{ code: number, output: string }>} the compiler's words when it fails */
export async function build() {
  for (const part of parts) {
    if (isFresh(part)) continue;
    // Taken before: what is edited while the compiler runs is compiled the next time.
    const hash = hashSources(part);
    // A remembered state without its files would keep the compiler from writing them.
    if (part.from === '.' && !existsSync(inRoot(part.result))) rmSync(inRoot('dist/.tsbuildinfo'), { force: true });
    removeOrphans(part);
    const result = await part.compile();
    if (result.code !== 0) return result;
    mkdirSync(inRoot('dist'), { recursive: true });
    writeFileSync(stampOf(part), hash);
  }
  return { code: 0, output: '' };
}

const readText = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** The sources of a part, relative to its folder, sorted. The code of nodes holds the libraries', so they count for the whole. */
function sourcesOf(part) {
  const found = [];
  const look = (folder) => {
    for (const entry of readdirSync(inRoot(part.from, folder), { withFileTypes: true })) {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!NOT_SOURCES.has(entry.name)) look(name);
      } else if (/\.(ts|mjs)$|[/\\]files[/\\]/.test(name) || /^(tsconfig.*|package)\.json$/.test(name))
        found.push(name);
    }
  };
  look('');
  return found.sort();
}

/** One digest of everything that decides what the compiler gives, the compiler's version included. */
function hashSources(part) {
  const hash = createHash('sha256');
  hash.update(readText(inRoot('node_modules/typescript/package.json'))).update(readText(inRoot('tsconfig.json')));
  hash.update(readText(inRoot('packages/tsconfig.json')));
  for (const name of sourcesOf(part)) {
    if (isTest(name)) continue;
    hash.update(`\0${name}\0`).update(readFileSync(inRoot(part.from, name)));
  }
  return hash.digest('hex');
}

const isTest = (name) => /\.test(-part)?\.ts$/.test(name);

/** Removes what is left of sources that have moved or gone: it would be packed, and found by an import. */
function removeOrphans(part) {
  const dist = distOf(part);
  if (!existsSync(dist)) return;
  const rootDir = part.from === '.' ? inRoot() : inRoot(part.from, 'src');
  for (const name of readdirSync(dist, { recursive: true })) {
    const source = String(name).replace(/(\.d)?\.[cm]?(js|ts)(\.map)?$/, '');
    if (source === String(name)) continue;
    if (existsSync(path.join(rootDir, `${source}.ts`)) && !isTest(`${source}.ts`)) continue;
    rmSync(path.join(dist, String(name)));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { code, output } = await build();
  process.stdout.write(output);
  process.exitCode = code === 0 ? 0 : 1;
}
