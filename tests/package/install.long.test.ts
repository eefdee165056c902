import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPlugin, entriesOf, exec, manifest, npm, packedFiles, root } from './packed.js';

// Someone else's folder: nothing of this project is above it.
const folder = mkdtempSync(path.join(tmpdir(), 'someone-'));
const command = path.join(folder, 'node_modules', '.bin', 'trainyard');
let dev: ChildProcess | undefined;

const project: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ name: 'birds', private: true, type: 'module' }),
  'temporal.config.ts': `
    import { defineConfig } from 'trainyard';
    export default defineConfig({ pipelines: ['./pipelines/*.ts'], plugins: ['./nodes', 'trainyard-plugin-shout'], pools: { cpu: { slots: 1 } } });
  `,
  'birds.csv': 'name,mass\nrobin,18\nnightingale,21\nwren,9\n',
  'nodes/index.ts': `
    import { json, node, table } from 'trainyard';
    import { z } from 'zod';
    export const longest = node({
      name: 'birds.longest', version: '1', params: z.object({ column: z.string() }),
      inputs: { table }, outputs: json(z.object({ letters: z.number() })),
    });
  `,
  'nodes/worker.ts': `
    import { id, openTable, sql, withDatabase } from 'trainyard/tables';
    import { implement } from 'trainyard/worker';
    import { longest } from './index.js';
    export const longestNode = implement(longest, ({ params, inputs, ctx }) =>
      withDatabase(ctx, async (database) => {
        await openTable(database, 'birds', inputs.table);
        const [row] = await database.rows<{ letters: number }>(
          sql\`SELECT max(length(\${id(params.column)}))::INTEGER AS letters FROM birds\`,
        );
        return { value: { letters: row!.letters } };
      }),
    );
  `,
  'pipelines/birds.ts': `
    import { pipeline } from 'trainyard';
    import { csv } from 'trainyard/plugins/ingest';
    import { int } from 'trainyard/search';
    import { z } from 'zod';
    import { shout } from 'trainyard-plugin-shout';
    import { longest } from '../nodes/index.js';
    const params = z.object({ data: z.string().default('birds.csv') });
    export const space = { depth: int(1, 8) };
    export default pipeline('birds', { params }, async (p) => {
      shout({ text: 'hear the birds' });
      return longest({ table: csv({ source: p.data }), column: 'name' });
    });
  `,
};

/** The command's answer, also where it says by its exit code that something failed. */
const ask = (...args: string[]): Promise<{ stdout: string }> =>
  exec(command, args, { cwd: folder }).catch((error: { stdout: string }) => error);

/** What the compiler says of these places, under strict rules and without Node's types. */
async function compile(how: Readonly<Record<string, string>>, include: readonly string[]): Promise<string> {
  const strict = { target: 'es2022', strict: true, noUncheckedIndexedAccess: true, noEmit: true, skipLibCheck: true };
  const compilerOptions = { ...strict, types: [], ...how };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
  const tsc = path.join(root, 'node_modules', 'typescript', 'lib', 'tsc.js');
  const { stdout } = await exec(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) => error);
  return stdout;
}

beforeAll(async () => {
  for (const [name, text] of Object.entries(project)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  await npm(['pack', '--ignore-scripts', '--pack-destination', folder], root);
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const plugin = path.join(folder, 'shout-plugin');
  await buildPlugin(plugin);
  const zod = `zod@${manifest.dependencies['zod']}`;
  await npm(
    [
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      `./${file}`,
      zod,
      './shout-plugin',
      '--install-links',
    ],
    folder,
  );
}, 300_000);

afterAll(async () => {
  const running = dev;
  if (running && running.exitCode === null) {
    await new Promise((ended) => {
      running.once('exit', ended);
      running.kill('SIGINT');
      setTimeout(() => running.kill('SIGKILL'), 20_000).unref();
    });
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}, 60_000);

test('what is installed runs a pipeline with a node of one’s own', async () => {
  const started = spawn(command, ['dev', '--json'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  dev = started;
  let said = '';
  await new Promise<void>((listens, failed) => {
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (/^\{.*"server"/m.test(said)) listens();
      });
    started.once('exit', (code) => failed(new Error(`trainyard dev ended with code ${code}:\n${said}`)));
  });
  const run = async (): Promise<{ outcome: string; result: { value: unknown } }> =>
    JSON.parse((await ask('run', 'birds', '--json')).stdout);
  // A run that fails answers in JSON too.
  const first = await run();
  expect(first).toMatchObject({ outcome: 'done', result: { value: { letters: 'nightingale'.length } } });
  expect(await run()).toMatchObject({ result: first.result });
}, 120_000);

/** Megabytes that the files of a folder take on disk, as `du` counts them. */
function megabytesOf(where: string): number {
  const names = readdirSync(where, { recursive: true, encoding: 'utf8' });
  return names.reduce((sum, name) => sum + lstatSync(path.join(where, name)).blocks * 512, 0) / 2 ** 20;
}

// It took 683 MB, half of them TensorFlow.js for browsers.
test('an installation takes less than 400 MB, and nothing of TensorFlow.js for browsers', () => {
  expect(megabytesOf(path.join(folder, 'node_modules'))).toBeLessThan(400);
  expect(existsSync(path.join(folder, 'node_modules', '@tensorflow'))).toBe(false);
});

test('the first project passes the compiler under its own rules', async () => {
  await exec(command, ['init', 'first'], { cwd: folder });
  const tsc = path.join(root, 'node_modules', 'typescript', 'lib', 'tsc.js');
  const first = path.join(folder, 'first');
  // Its test needs a runner that is not installed here.
  rmSync(path.join(first, 'nodes', 'census', 'census.test.ts'));
  const { stdout } = await exec(process.execPath, [tsc, '-p', first]).catch((error: { stdout: string }) => error);
  expect(stdout).toBe('');
});

test('types are found for every entry, by the rules of Node and by those of bundlers', async () => {
  const entries = entriesOf(await packedFiles());
  const names = entries.map(({ specifier }, index) => `export * as e${index} from '${specifier}';`);
  writeFileSync(path.join(folder, 'every.ts'), names.join('\n'));
  const places = ['*.ts', 'nodes', 'pipelines'];
  for (const how of [{ module: 'nodenext' }, { module: 'esnext', moduleResolution: 'bundler' }])
    expect(await compile(how, places), how.module).toBe('');
});

test('the search library comes inside the package', () => {
  const inside = path.join(folder, 'node_modules', 'trainyard', 'node_modules', 'ml-hyperparameter');
  expect(existsSync(path.join(inside, 'dist', 'index.js'))).toBe(true);
  expect(existsSync(path.join(inside, 'src'))).toBe(false);
});
