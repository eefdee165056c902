import { expect, test } from 'vitest';
import { files, read } from './tree.js';

const texts = files.filter((name) => /\.(ts|mjs|js|json|md|css|txt|sh|py|ya?ml)$|^[^.]+$|^\.ci\//.test(name));

test('no file names a machine’s folders or a registry’s host', () => {
  // Data sets are quoted as they were published.
  const ours = texts.filter((name) => !name.startsWith('examples/penguins/data/'));
  // Spelled in pieces, so that this file does not hold them itself.
  const hosts = ['registry.npmjs', 'pypi', 'files.pythonhosted'].map((host) => `${host}\\.org`);
  const folders = ['home/[a-z]', 'Users/[A-Za-z]', 'work/', 'root/'].map((folder) => `(?<![\\w.~}*)-])/${folder}`);
  const refused = new RegExp([...hosts, ...folders].join('|'));
  const found = ours.flatMap((name) =>
    read(name)
      .split('\n')
      .flatMap((line, index) => (refused.test(line) ? [`${name}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
  expect(found).toEqual([]);
});

test('a file of code has one reason to change: it stays under 350 lines, tests under 400', () => {
  const long = files
    .filter((name) => /\.(ts|mjs|js)$/.test(name))
    .map((name) => ({ name, lines: read(name).trimEnd().split('\n').length }))
    .filter(({ name, lines }) => lines > (name.includes('.test.') ? 400 : 350));
  expect(long).toEqual([]);
});

test('a file is named by what it does', () => {
  const vague = files.filter((name) => /(^|\/)(utils?|helpers?|common|managers?|misc)(\/|\.|-)/i.test(name));
  expect(vague).toEqual([]);
});

test('the house’s commands import no package at once: in a fresh clone they run before anything is installed', () => {
  const found = files
    .filter((name) => /^scripts\/[^/]+\.mjs$/.test(name))
    .flatMap((name) =>
      [...read(name).matchAll(/^(?:import|export)\s(?:[^'"]*\bfrom\s)?['"]([^'"]+)['"]/gm)]
        .map(([, specifier = '']) => specifier)
        .filter((specifier) => !/^(node:|\.)/.test(specifier))
        .map((specifier) => `${name}: ${specifier}`),
    );
  expect(found).toEqual([]);
});
