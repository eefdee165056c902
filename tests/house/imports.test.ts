import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { LIBRARIES, MAY_IMPORT, faces, openFolders } from './direction.js';
import { files, root } from './tree.js';
import { importsAmong, librarySources, sources, type Import } from './imports.js';

let all: Import[] = [];
let ofLibraries: Import[] = [];
let ofPlugins: Import[] = [];
beforeAll(async () => {
  const whole = await importsAmong(sources);
  all = whole.filter(({ external }) => external !== true);
  ofPlugins = whole.filter(({ from, external }) => external === true && from.startsWith('plugins/'));
  ofLibraries = await importsAmong(librarySources);
});

/** The row of the table that a file belongs to. */
function layerOf(file: string): string {
  const [folder = '', family = ''] = file.split('/');
  if (`${folder}/${family}` in MAY_IMPORT) return `${folder}/${family}`;
  if (folder !== 'plugins') return folder;
  return /^plugins\/[^/]+\/(contract|index)\.ts$/.test(file) && family !== '' ? 'contracts' : 'plugins';
}

const libraryOf = (file: string): string => file.split('/')[1] ?? '';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}
const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(path.join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest;

/** The house's own, for development. */
const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  devDependencies: Readonly<Record<string, string>>;
};

const say = ({ from, to }: Import): string => `${from} -> ${to}`;
test('the table of directions is itself one way', () => {
  const rows = Object.keys(MAY_IMPORT);
  for (const [row, allowed] of Object.entries(MAY_IMPORT))
    for (const one of allowed) expect(rows.indexOf(one), `${row} may import ${one}`).toBeLessThan(rows.indexOf(row));
});

test('every folder of sources has its row', () => {
  expect([...new Set(sources.map(layerOf))].filter((layer) => !(layer in MAY_IMPORT))).toEqual([]);
});

test('imports point one way', () => {
  const wrong = all.filter((one) => {
    const [from, to] = [layerOf(one.from), layerOf(one.to)];
    // A contract may be made of several files of its family.
    const sameFamily = one.from.split('/')[1] === one.to.split('/')[1] && one.from.startsWith('plugins/');
    return from !== to && !(sameFamily && one.to.startsWith('plugins/')) && !MAY_IMPORT[from]?.includes(to);
  });
  expect(wrong.map(say)).toEqual([]);
});

/** The source of each entry of the package's face. */
function entrySources(): string[] {
  const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  return Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target.default.replace(/^\.\/dist\/(.*)\.js$/, '$1.ts')],
  );
}

test('the built-in plugins use no door that outsiders lack: they import what the package exports, or packages', () => {
  const entries = entrySources();
  const isEntry = (file: string): boolean =>
    entries.some((entry) => (entry.includes('*') ? matches(entry, file) : entry === file));
  const matches = (pattern: string, file: string): boolean => {
    const [before = '', after = ''] = pattern.split('*');
    return file.startsWith(before) && file.endsWith(after);
  };
  // A built-in process has its Workflow and its Activities in the rooms of their layers, and its descriptor with them.
  const isDescriptor = (file: string): boolean => file.startsWith('activities/processes/');
  const familyOf = (file: string): string => file.split('/').slice(0, 2).join('/');
  const wrong = all.filter(({ from, to }) =>
    layerOf(from) === 'plugins' || layerOf(from) === 'contracts'
      ? familyOf(from) !== familyOf(to) && !isEntry(to) && !isDescriptor(to)
      : false,
  );
  expect(wrong.map(say)).toEqual([]);
});

test('every library that the built-in plugins import is passed on by an entry of the package', () => {
  const taken = ofPlugins.flatMap(({ to }) => /^@trainyard\/[^/]+/.exec(to)?.[0] ?? []);
  const passedOn = entrySources()
    .filter((file) => !file.includes('*'))
    .flatMap((file) => [...readFileSync(path.join(root, file), 'utf8').matchAll(/ from '(@trainyard\/[^/']+)/g)])
    .map(([, name = '']) => name);
  expect([...new Set(taken)].filter((name) => !passedOn.includes(name))).toEqual([]);
});

test('a library imports its own files, what its row names and packages that its package.json names', () => {
  expect(Object.keys(LIBRARIES).sort()).toEqual([...new Set(librarySources.map(libraryOf))].sort());
  const wrong = ofLibraries.filter(({ from, to, external }) => {
    if (external !== true) return libraryOf(to) !== libraryOf(from);
    const [, ours] = /^@trainyard\/([^/]+)/.exec(to) ?? [];
    const { dependencies = {}, peerDependencies = {} } = manifestOf(libraryOf(from));
    // What a library builds into itself is there for development alone.
    const builtIn = files.includes(`packages/${libraryOf(from)}/after-compile.mjs`) ? devDependencies : {};
    const named = Object.keys({ ...dependencies, ...peerDependencies, ...builtIn });
    return (
      (ours !== undefined && !LIBRARIES[libraryOf(from)]?.includes(ours)) ||
      !(to.startsWith('node:') || named.some((name) => to === name || to.startsWith(`${name}/`)))
    );
  });
  expect(wrong.map(say)).toEqual([]);
});

test('each library has a README, a face and a test of its own', () => {
  for (const name of Object.keys(LIBRARIES)) {
    const own = files.filter((file) => file.startsWith(`packages/${name}/`));
    expect(own).toEqual(expect.arrayContaining([`packages/${name}/README.md`, `packages/${name}/src/index.ts`]));
    expect(own.filter((file) => file.endsWith('.test.ts')).length, name).toBeGreaterThan(0);
  }
});

test('nobody imports past the public face of another folder', () => {
  const folders = new Set(sources.filter((name) => name.endsWith('/index.ts')).map((name) => path.dirname(name)));
  const wrong = all.filter(({ from, to }) => {
    for (let folder = path.dirname(to); folder !== '.'; folder = path.dirname(folder))
      if (
        folders.has(folder) &&
        !openFolders.some((open) => `${folder}/`.startsWith(open)) &&
        !`${from}/`.startsWith(`${folder}/`)
      )
        return !faces.some((face) => to === `${folder}/${face}`);
    return false;
  });
  expect(wrong.map(say)).toEqual([]);
});

test('no file imports itself by way of others, types included', () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of [...all, ...ofLibraries]) next.set(from, [...(next.get(from) ?? []), to]);
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) cycles.push([...trail.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  expect(cycles).toEqual([]);
});
