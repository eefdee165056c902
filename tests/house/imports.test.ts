import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { exceptions, MAY_IMPORT, faces, openFolders } from './direction.js';
import { importsOfTheTree, sources, type Import } from './imports.js';

let all: Import[] = [];
beforeAll(async () => {
  all = await importsOfTheTree();
});

/** The row of the table that a file belongs to. */
function layerOf(file: string): string {
  const [folder = '', family = ''] = file.split('/');
  if (folder !== 'plugins') return folder;
  return /^plugins\/[^/]+\/(contract|index)\.ts$/.test(file) && family !== '' ? 'contracts' : 'plugins';
}

const say = ({ from, to }: Import): string => `${from} -> ${to}`;
const isExcepted = (one: Import): boolean =>
  exceptions.some(({ from, to }) => one.from.startsWith(from) && one.to.startsWith(to));

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
  expect(wrong.filter((one) => !isExcepted(one)).map(say)).toEqual([]);
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
  expect(wrong.filter((one) => !isExcepted(one)).map(say)).toEqual([]);
});

test('no file imports itself by way of others, types included', () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of all) next.set(from, [...(next.get(from) ?? []), to]);
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

test('each exception is still needed', () => {
  const idle = exceptions.filter(
    ({ from, to }) => !all.some((one) => one.from.startsWith(from) && one.to.startsWith(to)),
  );
  expect(idle.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});
