import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql, withDatabase, writeTable, type TableOutput } from '@trainyard/tables';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'node_modules/.cache/trainyard-fit-test.mjs');
const folder = mkdtempSync(join(tmpdir(), 'fit-killed-'));
const ROWS = 60_000;
let table: TableOutput;

beforeAll(async () => {
  await build({
    stdin: {
      contents: `
        import { FileStore } from './store/files.js';
        import { runNode } from './worker/testing/index.js';
        import { fitFeaturesNode } from './plugins/features/worker.js';
        const { folder, ...request } = JSON.parse(process.argv[2]);
        const { outputs, log } = await runNode(fitFeaturesNode, { ...request, threads: 2, store: new FileStore(folder) });
        console.log(JSON.stringify({ digests: Object.values(outputs).map(({ ref }) => ref.digest), log }));`,
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
  table = await withDatabase({}, (database) =>
    writeTable(
      database,
      sql`SELECT sha256(i::VARCHAR)[:24] AS _row, ln(i + 2) * 1e3 AS x, cos(i) * 9 + i % 7 AS price, sin(i) / 3 AS y, (i * 7919 % 100003) / 7 AS z, (i % 3)::DOUBLE AS few,
            'c' || (i * i % 13) AS c, 'w' || (i % 17) || ' w' || (i % 5) AS t FROM range(${BigInt(ROWS)}) AS r(i)`,
      folder,
      'given',
    ),
  );
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(program, { force: true });
});

const recipe = {
  derive: [{ kind: 'arithmetic', name: 'both', operation: 'sum', a: 'x', b: 'y' }],
  numeric: [
    'both',
    'few',
    { column: 'y', shape: 'yeo-johnson' },
    { column: 'x', shape: 'log', scale: 'robust' },
    { column: 'z', shape: { by: 'bins', of: 'tree' } },
  ],
  categorical: [{ column: 'c', encode: 'target' }],
  text: [{ column: 't', words: [1, 2] }],
  groups: [{ column: 'c', of: 'y', statistics: ['mean', 'deviation'] }],
  label: 'price',
  select: [{ by: 'tree', most: 12 }],
};

interface Answer {
  readonly digests: readonly string[];
  readonly log: readonly string[];
}

/** Checkpoints that there have been in a store. */
function saved(store: string): number {
  const top = join(store, 'records', 'checkpoints');
  if (!existsSync(top)) return 0;
  return Math.max(
    0,
    ...readdirSync(top)
      .flatMap((key) => readdirSync(join(top, key)).map(Number))
      .filter(Number.isFinite),
  );
}

/** Fits in a process of its own; killed by force once `more` checkpoints were saved. */
async function fit(store: string, more?: number): Promise<Answer | undefined> {
  const { value, files } = table;
  const request = { folder: store, params: { recipe }, inputs: { table: { value, files } } };
  const before = saved(store);
  const child = spawn(process.execPath, [program, JSON.stringify(request)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, told] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  child.stderr.on('data', (text: Buffer) => (told += text.toString()));
  const looking = setInterval(() => {
    if (more !== undefined && saved(store) >= before + more) child.kill('SIGKILL');
  }, 2);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearInterval(looking);
  if (more !== undefined) {
    expect(signal, told).toBe('SIGKILL');
    return undefined;
  }
  expect(code, told).toBe(0);
  return JSON.parse(said) as Answer;
}

test('a fit that is killed by force, twice, goes on with what it was told, and gives what an undisturbed one gives, byte for byte', async () => {
  const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
  const undisturbed = await fit(whole);
  expect(undisturbed!.log.join()).not.toMatch(/earlier attempt/);
  for (const more of [2, 4]) await fit(killed, more);
  const resumed = await fit(killed);
  expect(resumed!.digests).toEqual(undisturbed!.digests);
  expect(Number(/(\d+) questions were answered by an earlier attempt/.exec(resumed!.log.join())?.[1])).toBeGreaterThan(
    20,
  );
}, 180_000);
