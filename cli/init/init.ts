import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { TrainyardError } from '@trainyard/errors';
import { packageVersion } from '../../project/package-root.js';
import { packageRoot } from '../../setup/package-root.js';
import { replaceWhole } from '../../project/write-whole.js';
import { colours, print, printJson } from '../terminal.js';
import { mergeManifest, type Manifest } from './manifest.js';

/** Files that mean something where the example lies, and what they become in a project. */
const PLACES: Readonly<Record<string, string>> = {
  gitignore: '.gitignore',
  'manifest.json': 'package.json',
  'editor/settings.json': '.vscode/settings.json',
};
const DATA = ['data/penguins.csv'];

/** `trainyard init`: the example `first` with its data, in a folder. Writes all of it or nothing, and over nothing. */
export async function init(folder: string, json = false): Promise<void> {
  const target = path.resolve(folder);
  const files = await filesOf(path.join(packageRoot(), 'examples', 'first'));
  for (const file of DATA) files.set(file, await readFile(path.join(packageRoot(), 'examples', 'penguins', file)));
  const manifest = await manifestOf(target, JSON.parse(files.get('package.json')?.toString() ?? '{}') as Manifest);
  files.set('package.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  const taken: string[] = [];
  for (const [file, content] of files) {
    const at = path.join(target, file);
    if (file !== 'package.json' && existsSync(at) && !(await readFile(at)).equals(content)) taken.push(file);
  }
  if (taken.length > 0)
    throw new TrainyardError('TY-USAGE', {
      what: `${taken.length === 1 ? 'a file is' : 'files are'} there already, and nothing was written: ${taken.join(', ')}`,
      where: { file: target },
      remedy: 'choose an empty folder: trainyard init my-project',
    });
  // The manifest comes last: a folder with it is whole.
  for (const [file, content] of [...files].sort(
    ([a], [b]) => Number(a === 'package.json') - Number(b === 'package.json'),
  )) {
    await mkdir(path.dirname(path.join(target, file)), { recursive: true });
    await replaceWhole(path.join(target, file), content);
  }
  const written = [...files.keys()].sort();
  if (json) return printJson({ folder: target, written });
  const enter = target === process.cwd() ? '' : `  cd ${path.relative(process.cwd(), target)}\n`;
  print(`${colours.green('written')}: ${written.join(', ')}\n`);
  print(`${enter}  npm install                  ${colours.dim('# what the manifest names')}`);
  print(`  npx trainyard dev            ${colours.dim('# Temporal, Valkey, the pages and a worker, until Ctrl-C')}`);
  print(`  npx trainyard run penguins   ${colours.dim('# in another terminal')}`);
}

async function filesOf(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const full = path.join(entry.parentPath, entry.name);
    const file = path.relative(folder, full).split(path.sep).join('/');
    if (entry.isFile() && !/(^|\/)(node_modules|\.trainyard)\//.test(file))
      files.set(PLACES[file] ?? file, await readFile(full));
  }
  return files;
}

async function manifestOf(target: string, wanted: Manifest): Promise<Manifest> {
  const file = path.join(target, 'package.json');
  let known: Manifest = {};
  if (existsSync(file)) {
    try {
      known = JSON.parse(await readFile(file, 'utf8')) as Manifest;
    } catch (cause) {
      throw new TrainyardError('TY-USAGE', { what: 'package.json is not JSON', where: { file }, cause });
    }
  }
  const name = path
    .basename(target)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '');
  const version = `^${packageVersion()}`;
  return mergeManifest(
    known,
    { ...wanted, name: name === '' ? 'first' : name, dependencies: { trainyard: version, zod: ZOD } },
    file,
  );
}

/** As the examples are written for. */
const ZOD = '^4.0.0';
