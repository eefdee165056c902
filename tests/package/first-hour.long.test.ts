import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { npm, root } from './packed.js';

/** A machine on which nobody has ever worked: an empty folder and an empty home. */
const folder = mkdtempSync(path.join(tmpdir(), 'first-hour-'));
const home = path.join(folder, 'home');
let dev: ChildProcess | undefined;
let packed: string;

/** The commands that the README tells a newcomer, in its order. */
const told = (
  /^## A first pipeline\n```sh\n([^]*?)```/m.exec(readFileSync(path.join(root, 'README.md'), 'utf8'))?.[1] ?? ''
)
  .trim()
  .split('\n')
  .map((line) => line.replace(/\s+#.*$/, ''));

const env = {
  ...Object.fromEntries(
    ['PATH', 'LANG', 'npm_config_registry', 'PIP_INDEX_URL', 'PIP_CONFIG_FILE'].map((name) => [
      name,
      process.env[name],
    ]),
  ),
  HOME: home,
  // What npm is told about its registry comes from the machine, not from a home.
  ...(process.env['NPM_CONFIG_USERCONFIG'] ? { NPM_CONFIG_USERCONFIG: process.env['NPM_CONFIG_USERCONFIG'] } : {}),
};

function shell(line: string, cwd: string): { child: ChildProcess; said: () => string; ended: Promise<number | null> } {
  const child = spawn('bash', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  return { child, said: () => said, ended: new Promise((done) => child.once('exit', done)) };
}

beforeAll(async () => {
  mkdirSync(home);
  await npm(['pack', '--ignore-scripts', '--pack-destination', folder], root);
  packed = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
}, 120_000);

afterAll(async () => {
  if (dev?.pid !== undefined && dev.exitCode === null) {
    process.kill(-dev.pid, 'SIGINT');
    await new Promise((ended) => dev?.once('exit', ended));
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}, 240_000);

test('the first hour of the README, followed to the letter, ends with an answer of the model', async () => {
  expect(told).toHaveLength(6);
  let cwd = folder;
  for (const line of told) {
    // The package is not published yet: its packed file stands for its name.
    const command = line.replace('npm install trainyard', `npm install ${packed}`);
    const { child, said, ended } = shell(command, cwd);
    if (line.startsWith('mkdir')) cwd = path.join(folder, 'penguins');
    if (line.endsWith('trainyard dev')) {
      dev = child;
      await expect.poll(said, { timeout: 900_000, interval: 500 }).toContain('Ready.');
      continue;
    }
    expect(await ended, `${line}\n${said()}`).toBe(0);
    expect(said(), line).not.toMatch(/ERR!|not allowed|EBADENGINE/i);
    // Once there is a project it says that nothing needs the install scripts of packages.
    if (line === 'npm install') expect(said()).not.toContain('allowScripts');
    if (!line.includes('run penguins')) continue;
    expect(said()).toMatch(/^f1\.macro [01](\.\d+)?$/m);
    const curl = /^ {2}(curl .*)$/m.exec(said())?.[1] ?? 'false';
    const asked = shell(`${curl} --silent`, cwd);
    expect(await asked.ended).toBe(0);
    expect(JSON.parse(asked.said())).toMatchObject({
      model: 'penguins',
      version: 1,
      predictions: [{ label: expect.any(String) as string }],
    });
  }
  const tested = shell('npm test', cwd);
  expect(await tested.ended, tested.said()).toBe(0);
}, 1_500_000);
