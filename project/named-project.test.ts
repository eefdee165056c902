import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { compiled } from './package-root.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-named-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(configurations: Readonly<Record<string, object>>): void {
  for (const [place, config] of Object.entries(configurations)) {
    mkdirSync(path.join(folder, place), { recursive: true });
    writeFileSync(path.join(folder, place, 'temporal.config.ts'), `export default ${JSON.stringify(config)};\n`);
  }
}

interface Loaded {
  readonly root?: string;
  readonly name?: string;
  readonly what?: string;
}

/** What `loadConfig` gives in each folder, or its words; as Node imports a configuration, not as the test runner does. */
async function loaded(...from: readonly string[]): Promise<Loaded[]> {
  const module = pathToFileURL(compiled('project', 'project.js')).href;
  const program = `const { loadConfig } = await import(${JSON.stringify(module)});
    const all = [];
    for (const from of process.argv.slice(1)) all.push(await loadConfig(from).catch(({ what }) => ({ what })));
    console.log(JSON.stringify(all));`;
  const places = from.map((one) => path.join(folder, one));
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, ...places]);
  return JSON.parse(stdout) as Loaded[];
}

test('a configuration that names a project stands for that of its folder, whatever folder commands are given in', async () => {
  write({ '.': { project: './models/birds' }, 'models/birds': { heartbeat: '20 seconds' } });
  mkdirSync(path.join(folder, 'docs'));
  const [own, ...others] = await loaded('models/birds', '.', 'docs', 'temporal.config.ts');
  expect(own).toMatchObject({ root: path.join(folder, 'models/birds'), name: 'birds' });
  expect(others).toEqual([own, own, own]);
});

test('a project that is not there, one that names another, and fields beside it are refused in words', async () => {
  write({
    '.': { project: './birds' },
    fish: { project: '../whales' },
    whales: { project: '../fish' },
    frogs: { project: '../fish', pipelines: ['./a.ts'] },
  });
  const [missing, chained, beside] = await loaded('.', 'fish', 'frogs');
  expect(missing?.what).toBe('project names a folder without temporal.config.ts');
  expect(chained?.what).toContain('names another in turn');
  expect(beside?.what).toContain('no other field may stand beside it');
});
