import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { files, read, root } from './tree.js';

const pages = files.filter((name) => name.endsWith('.md') && !name.includes('/fixtures/'));

/** Names of headings as a link within a page calls them. */
const anchorsOf = (page: string): string[] =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[`*]|[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('links', () => {
  test.each(pages)('of %s lead somewhere', (name) => {
    // Code blocks show syntax, not links.
    const text = read(name).replace(/^```[\s\S]*?^```/gm, '');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const wrong = links.filter((link) => {
      if (/^(https?|mailto):/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = path.join(root, path.dirname(name), file);
      if (file !== '' && !existsSync(target)) return true;
      const page = file === '' ? read(name) : target.endsWith('.md') ? readFileSync(target, 'utf8') : undefined;
      return anchor !== undefined && page !== undefined && !anchorsOf(page).includes(anchor);
    });
    expect(wrong).toEqual([]);
  });
});

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

describe('dependencies', () => {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(read('package.json')) as Manifest;
  const page = read('docs/dependencies.md');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const named = rows.flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));

  test('each stands in docs/dependencies.md, and nothing else does', () => {
    expect(named.sort()).toEqual([...Object.keys(dependencies), ...Object.keys(devDependencies)].sort());
  });

  test('each says what for, why this one and its licence', () => {
    for (const [, name, ...cells] of rows)
      expect(
        cells.slice(0, 3).filter((cell) => cell !== ''),
        name,
      ).toHaveLength(3);
  });

  test('the licences told are those of the packages', () => {
    for (const [, cell = '', , , licence = ''] of rows)
      for (const [, name = ''] of cell.matchAll(/`([^`]+)`/g)) {
        const manifest = JSON.parse(read(`node_modules/${name}/package.json`)) as { license: string };
        expect(licence, name).toContain(manifest.license);
      }
  });

  test('each version is exact', () => {
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, one]) => !/^\d/.test(one));
    expect(loose).toEqual([]);
  });

  test('every package that the product imports is a dependency of it', () => {
    const own = new Set([...Object.keys(dependencies), 'trainyard']);
    const missing = files
      .filter((name) => /^[a-z-]+\/.*\.ts$/.test(name) && !/^(tests|bench|examples|packages|docs)\//.test(name))
      .filter((name) => !/\.test(-part)?\.ts$/.test(name))
      .flatMap((name) =>
        [...read(name).matchAll(/^(?:import|export)\b[^'"]*?from '([^'.][^']*)'/gm)]
          .map(([, specifier = '']) =>
            specifier
              .split('/')
              .slice(0, specifier.startsWith('@') ? 2 : 1)
              .join('/'),
          )
          .filter((one) => !one.startsWith('node:') && !own.has(one))
          // Built into the package: no code and no public type that is published names them.
          .filter((one) => one !== '@tensorflow/tfjs-core' && one !== 'h5wasm')
          .map((one) => `${name}: ${one}`),
      );
    expect(missing).toEqual([]);
  });
});
