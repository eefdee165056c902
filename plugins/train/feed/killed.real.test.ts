import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import type { TableRow } from '@trainyard/tables';
import { folder, inputsOf, type Inputs } from '../net/layered.test-part.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(root, 'node_modules/.cache/trainyard-nets-test.mjs');
const stores = mkdtempSync(join(tmpdir(), 'nets-killed-'));
const COLUMNS = Array.from({ length: 8 }, (_, i) => `x${i}`);
let inputs: Inputs;

beforeAll(async () => {
  await build({
    stdin: {
      contents: `
        import { FileStore } from './store/files.js';
        import { runNode } from './worker/testing/index.js';
        import { layeredNetNode } from './plugins/train/worker.js';
        const { folder, dieAt, ...request } = JSON.parse(process.argv[2]);
        let saved = 0;
        const onCheckpoint = () => { if (++saved === dieAt) process.kill(process.pid, 'SIGKILL'); };
        const { outputs, log } = await runNode(layeredNetNode, { ...request, store: new FileStore(folder), host: { onCheckpoint } });
        console.log(JSON.stringify({ model: outputs.model.ref.digest, curves: outputs.curves.ref.digest, log }));`,
      resolveDir: root,
    },
    outfile: program,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
  });
  const random = randomFrom(6);
  const rows: TableRow[] = Array.from({ length: 1600 }, (_, i) => {
    const numbers = COLUMNS.map(() => random.uniform());
    return {
      _row: `row ${i}`,
      kind: numbers[0]! + numbers[1]! > 1 ? 'a' : 'b',
      ...Object.fromEntries(COLUMNS.map((name, k) => [name, numbers[k]!])),
    };
  });
  inputs = await inputsOf('killed', rows, COLUMNS, 1);
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(stores, { recursive: true });
  rmSync(program, { force: true });
});

interface Answer {
  readonly model: string;
  readonly curves: string;
  readonly log: readonly string[];
}

/** Trains in a process of its own, which kills itself by force at this checkpoint, if one is named. */
async function train(request: object, dieAt?: number): Promise<Answer | undefined> {
  const child = spawn(process.execPath, [program, JSON.stringify({ ...request, dieAt })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [said, told] = ['', ''];
  child.stdout.on('data', (more: Buffer) => (said += more.toString()));
  child.stderr.on('data', (more: Buffer) => (told += more.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (dieAt !== undefined) {
    expect(signal, told).toBe('SIGKILL');
    return undefined;
  }
  expect(code, told).toBe(0);
  // What a process prints besides comes before.
  return JSON.parse(said.trim().split('\n').at(-1)!) as Answer;
}

test('a streamed net that is killed by force in the middle of an epoch, twice, and taken up by other processes has the bits of an undisturbed one', async () => {
  const request = {
    params: {
      label: 'kind',
      model: { preset: 'dense', units: [16], normalise: 'batch', dropout: 0.1 },
      epochs: 3,
      batchSize: 16,
      // Rows come from a file, in windows of 256 of them: 75 steps an epoch, a checkpoint after each 8.
      streamAbove: 0,
      shuffleWindow: 256 * 8,
      checkpointSeconds: 1e-9,
    },
    inputs,
    seed: 3,
  };
  const disturbed = { ...request, folder: join(stores, 'disturbed') };
  await train(disturbed, 5);
  await train(disturbed, 14);
  const resumed = await train(disturbed);
  const calm = await train({ ...request, folder: join(stores, 'calm') });
  const [, step, epoch] = /taken up after step (\d+) of epoch (\d)/.exec(resumed!.log.join('\n')) ?? [];
  expect(Number(step)).toBeGreaterThan(0);
  expect(Number(epoch)).toBe(2);
  expect(resumed!.log.join('\n')).toMatch(/train is streamed from a file/);
  expect({ ...resumed, log: [] }).toEqual({ ...calm, log: [] });
}, 120_000);
