import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureLightgbm } from '../../../setup/lightgbm.js';
import { sql, withDatabase, writeTable, type TableOutput } from '@trainyard/tables';
import { penguins } from './penguins.test-part.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(root, 'node_modules/.cache/trainyard-trees-test.mjs');
const folder = mkdtempSync(join(tmpdir(), 'trees-killed-'));
let table: TableOutput;
const NUMBERS = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'];

beforeAll(async () => {
  await ensureLightgbm();
  await build({
    stdin: {
      contents: `
        import { FileStore } from './store/files.js';
        import { runNode } from './worker/testing/index.js';
        import { treesNode } from './plugins/train/worker.js';
        const { folder, ...request } = JSON.parse(process.argv[2]);
        const host = { progress: (_, message) => console.error(message) };
        const { outputs, log } = await runNode(treesNode, { ...request, store: new FileStore(folder), host });
        console.log(JSON.stringify({ model: outputs.model.ref.digest, growth: outputs.growth.ref.digest, log }));`,
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
  table = await withDatabase({}, async (database) => {
    const columns = ['species', 'island', ...NUMBERS].map((name) => ({
      name,
      type: NUMBERS.includes(name) ? ('number' as const) : ('text' as const),
    }));
    const rows = penguins.map((row) =>
      Object.fromEntries(
        columns.map(({ name, type }) => [
          name,
          row[name] === 'NA' ? null : type === 'number' ? Number(row[name]) : row[name]!,
        ]),
      ),
    );
    await database.insert('given', columns, rows);
    return writeTable(database, sql`FROM given`, folder, 'penguins');
  });
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(program, { force: true });
});

interface Answer {
  readonly model: string;
  readonly growth: string;
  readonly log: readonly string[];
}

/** Trains in a process of its own; killed by force once it has said `until`. */
async function train(request: object, until?: RegExp): Promise<Answer | undefined> {
  const child = spawn(process.execPath, [program, JSON.stringify(request)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, told] = ['', ''];
  child.stdout.on('data', (more: Buffer) => (said += more.toString()));
  child.stderr.on('data', (more: Buffer) => {
    told += more.toString();
    if (until?.test(told)) child.kill('SIGKILL');
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (until) {
    expect(signal, told).toBe('SIGKILL');
    return undefined;
  }
  expect(code, told).toBe(0);
  return JSON.parse(said) as Answer;
}

test('trees that are killed by force, twice, and grown on by other processes are those of an undisturbed run, byte for byte', async () => {
  const steps = ['island', ...NUMBERS].map((column) =>
    column === 'island'
      ? { kind: 'pass', column, type: 'category', categories: ['Biscoe', 'Dream', 'Torgersen'] }
      : { kind: 'pass', column, type: 'number' },
  );
  const transform = JSON.stringify({ format: 'trainyard.transform/2', rows: penguins.length, steps });
  const request = {
    params: {
      label: 'species',
      num_iterations: 240,
      segment: 30,
      bagging_fraction: 0.7,
      bagging_freq: 3,
      feature_fraction: 0.7,
    },
    inputs: { train: table, validation: table, prep: { files: { 'transform.json': transform } } },
    seed: 3,
  };
  const disturbed = { ...request, folder: join(folder, 'disturbed') };
  await train(disturbed, /^iteration 7\d of 240/m);
  await train(disturbed, /^iteration 16\d of 240/m);
  const resumed = await train(disturbed);
  const calm = await train({ ...request, folder: join(folder, 'calm') });
  expect(Number(/^taken up after iteration (\d+)$/.exec(resumed!.log[0]!)?.[1])).toBeGreaterThanOrEqual(150);
  expect({ ...resumed, log: [] }).toEqual({ ...calm, log: [] });
}, 120_000);
