import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GraphRecord } from '../../core/graph.js';
import { readPenguins } from '../../examples/penguins/demo/data.js';
import { httpTo } from '../../examples/penguins/demo/http.js';
import { review } from '../../examples/penguins/demo/reviewer.js';
import { waitForValue } from '../../examples/penguins/demo/waiting.js';
import { Clone } from './clone.js';

const clone = new Clone({ built: true });
const git = (...args: readonly string[]) => promisify(execFile)('git', args, { cwd: clone.folder });
let dev: ChildProcess | undefined;
let said = '';

beforeAll(() => git('init', '--quiet'));

afterAll(async () => {
  if (dev !== undefined && dev.exitCode === null && dev.pid !== undefined) {
    const ended = new Promise((resolve) => dev?.once('exit', resolve));
    process.kill(-dev.pid, 'SIGINT');
    await ended;
  }
  clone[Symbol.dispose]();
});

test('at the top of a fresh clone, npx trainyard finds the project of the demo, and leaves nothing for git to see', async () => {
  const { stdout } = await clone.trainyard('plugins', '--json');
  expect(stdout).toContain('flaws.corrupt');
  expect(existsSync(clone.path('examples/penguins/.trainyard'))).toBe(true);
  const status = await git('status', '--porcelain', '--untracked-files=all');
  expect(status.stdout.split('\n').filter((line) => /\.trainyard|dist\//.test(line))).toEqual([]);
});

test('npx trainyard dev and run take its pipeline from raw rows to a model that answers', async () => {
  dev = spawn('npx', ['--no', '--', 'trainyard', 'dev', '--json'], {
    cwd: clone.folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [dev.stdout, dev.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const stopped = new AbortController();
  const wait = <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> =>
    waitForValue(`${what}: ${said}`, stopped.signal, ask);
  await wait('the worker', async () => (/"worker":/.test(said) ? true : undefined));

  const state = clone.path('examples/penguins/.trainyard');
  const { server } = JSON.parse(readFileSync(path.join(state, 'services.json'), 'utf8')) as { server: string };
  const { keys } = JSON.parse(readFileSync(path.join(state, 'keys.json'), 'utf8')) as { keys: { key: string }[] };
  const http = httpTo(server, keys[0]?.key ?? '');
  await clone.trainyard('run', 'penguins', '--id', 'from-the-top', '-p', 'trials=1', '-p', 'corrupt=0.05', '--detach');
  const reviewed = review(
    http,
    readPenguins(clone.path('examples/penguins/data/penguins.csv')),
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
