import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GraphRecord } from '../../core/graph.js';
import { readPenguins } from '../../examples/penguins/demo/data.js';
import { httpTo } from '../../examples/penguins/demo/http.js';
import { review } from '../../examples/penguins/demo/reviewer.js';
import { waitForValue } from '../../examples/penguins/demo/waiting.js';
import { files } from '../house/tree.js';
import { npm, root } from './packed.js';

/** The files of a clone, with the packages and the build that `npm install` and `npm run build` give it. */
const clone = mkdtempSync(path.join(tmpdir(), 'trainyard-clone-'));
const run = promisify(execFile);
let dev: ChildProcess | undefined;
let said = '';

beforeAll(async () => {
  for (const file of files) {
    mkdirSync(path.dirname(path.join(clone, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(clone, file));
  }
  cpSync(path.join(root, 'dist'), path.join(clone, 'dist'), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'));
  await run('git', ['init', '--quiet'], { cwd: clone });
});

afterAll(async () => {
  if (dev !== undefined && dev.exitCode === null && dev.pid !== undefined) {
    const ended = new Promise((resolve) => dev?.once('exit', resolve));
    process.kill(-dev.pid, 'SIGINT');
    await ended;
  }
  rmSync(clone, { recursive: true, force: true, maxRetries: 5 });
});

/** `npx trainyard …` at the top of the clone. */
const npx = (...args: string[]) => npm(['exec', '--no', '--', 'trainyard', ...args], clone);

test('at the top of a fresh clone, npx trainyard finds the project of the demo, and leaves nothing for git to see', async () => {
  const { stdout } = await npx('plugins', '--json');
  expect(stdout).toContain('flaws.corrupt');
  expect(existsSync(path.join(clone, 'examples/penguins/.trainyard'))).toBe(true);
  const status = await run('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: clone });
  expect(status.stdout.split('\n').filter((line) => /\.trainyard|dist\//.test(line))).toEqual([]);
});

test('npx trainyard dev and run take its pipeline from raw rows to a model that answers', async () => {
  dev = spawn('npx', ['--no', '--', 'trainyard', 'dev', '--json'], {
    cwd: clone,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [dev.stdout, dev.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const stopped = new AbortController();
  const wait = <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> =>
    waitForValue(`${what}: ${said}`, stopped.signal, ask);
  await wait('the worker', async () => (/"worker":/.test(said) ? true : undefined));

  const state = path.join(clone, 'examples/penguins/.trainyard');
  const { server } = JSON.parse(readFileSync(path.join(state, 'services.json'), 'utf8')) as { server: string };
  const { keys } = JSON.parse(readFileSync(path.join(state, 'keys.json'), 'utf8')) as { keys: { key: string }[] };
  const http = httpTo(server, keys[0]?.key ?? '');
  await npx('run', 'penguins', '--id', 'from-the-top', '-p', 'trials=1', '-p', 'corrupt=0.05', '--detach');
  const reviewed = review(
    http,
    readPenguins(path.join(clone, 'examples/penguins/data/penguins.csv')),
    'species',
    stopped.signal,
  );
  try {
    const { graph } = await wait('the run', async () => {
      const shown = await http.get<{ graph: GraphRecord }>('/api/runs/from-the-top');
      return shown.graph.state === 'running' ? undefined : shown;
    });
    expect(graph.state).toBe('done');
    expect(graph.nodes.map(({ node }) => node)).toContain('deploy.endpoint');
    const { predictions } = await wait('the endpoint', () =>
      http.post<{ predictions: { label: string }[] }>('/v1/endpoints/penguins/predict', {
        row: {
          island: 'Biscoe',
          bill_length_mm: 47,
          bill_depth_mm: 14.5,
          flipper_length_mm: 217,
          body_mass_g: 5100,
          sex: 'male',
        },
      }),
    );
    expect(predictions[0]?.label).toBe('Gentoo');
  } finally {
    stopped.abort();
    await reviewed;
  }
}, 300_000);
