import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { join as joinSql, id, sql, withDatabase, writeTable, type TableOutput } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';

const WIDTH = 20;
const names = Array.from({ length: WIDTH }, (_, i) => `x${i}`);
const prep: FittedTransform = {
  format: 'trainyard.transform/1',
  rows: 1000,
  steps: names.map((column) => ({
    kind: 'numeric' as const,
    column,
    fill: 0,
    center: 0.5,
    scale: 0.3,
    clip: 10,
    indicator: false,
  })),
};

const folder = mkdtempSync(join(tmpdir(), 'bounded-'));
const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(root, 'node_modules/.cache/trainyard-bounded-test.mjs');
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(program, { force: true });
});
beforeAll(() =>
  build({
    stdin: {
      contents: `
        import { readFileSync } from 'node:fs';
        import { runNode } from './worker/testing/index.js';
        import { netNode } from './plugins/train/worker.js';
        const { outputs, log } = await runNode(netNode, JSON.parse(process.argv[2]));
        const [, most] = /VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
        console.log(JSON.stringify({ mb: Number(most) / 1024, figures: outputs.figures.value, log }));`,
      resolveDir: root,
    },
    outfile: program,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
  }),
);

/** Numbers of [0, 1) that follow from the row; the class says whether the first is above the second. */
const tableOf = (name: string, rows: number): Promise<TableOutput> =>
  withDatabase({ memory: '2GB' }, (database) => {
    const columns = names.map(
      (column, i) =>
        sql`(hash(i * ${BigInt(31)} + ${BigInt(i)}) % ${BigInt(1_000_000)})::DOUBLE / 1000000::DOUBLE AS ${id(column)}`,
    );
    const made = sql`SELECT ${joinSql(columns)} FROM range(${BigInt(rows)}) AS given(i)`;
    return writeTable(
      database,
      sql`SELECT *, CASE WHEN x0 > x1 THEN 'a' ELSE 'b' END AS y FROM (${made})`,
      folder,
      name,
    );
  });

test('a training set of 640 MB takes no more memory than one of 32 MB, which is trained on alike', async () => {
  const validation = await tableOf('validation', 5000);
  const peak = async (rows: number): Promise<{ mb: number; accuracy: number }> => {
    const train = await tableOf(`train-${rows}`, rows);
    const params = {
      label: 'y',
      units: 8,
      epochs: 1,
      batchSize: 2000,
      learningRate: 0.01,
      streamAbove: 1_000_000,
      shuffleWindow: 1_000_000,
    };
    const inputs = { train, validation, prep: { files: { 'transform.json': JSON.stringify(prep) } } };
    const said = execFileSync(process.execPath, [program, JSON.stringify({ params, inputs })], { encoding: 'utf8' });
    const { mb, figures, log } = JSON.parse(said) as { mb: number; figures: { accuracy: number }; log: string[] };
    expect(log.join('\n')).toContain('train is streamed from a file');
    return { mb, accuracy: figures.accuracy };
  };
  const [small, large] = [await peak(200_000), await peak(4_000_000)];
  process.stdout.write(
    `peak: ${Math.round(small.mb)} MB over 32 MB of features, ${Math.round(large.mb)} MB over 640 MB\n`,
  );
  // Its labels are 16 MB; the rest is what garbage collection leaves.
  expect(large.mb - small.mb).toBeLessThan(120);
  expect(large.accuracy).toBeGreaterThan(0.95);
}, 600_000);
