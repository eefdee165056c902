import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel } from '../../models/index.js';
import { loadTensorflow } from '../../setup/tensorflow-load.js';
import { FileStore } from '../../store/files.js';
import type { TableOutput, TableRow } from '@trainyard/tables';
import { tablesIn } from './table-of.test-part.js';
import { runNode, type NodeRun, type RunNodeOptions } from '../../worker/testing/index.js';
import type { FittedTransform } from '@trainyard/transforms';
import { baselineNode, logisticNode, netNode } from './worker.js';

// 89 wines by 13 standardised measurements of their chemistry, three growers (made by make-reference.py from scikit-learn's data).
const wine = (
  JSON.parse(readFileSync(new URL('../../packages/numeric/src/references/logistic.json', import.meta.url), 'utf8')) as {
    cases: { features: number[][]; labels: number[] }[];
  }
).cases[0]!;
const rows: TableRow[] = wine.features.map((features, i) => ({
  _row: `row ${i}`,
  grower: ['Barolo', 'Grignolino', 'Barbera'][wine.labels[i]!]!,
  ...Object.fromEntries(features.map((value, k) => [`m${k}`, value])),
}));
const prep: FittedTransform = {
  format: 'trainyard.transform/1',
  rows: rows.length,
  steps: wine.features[0]!.map((_, k) => ({
    kind: 'numeric' as const,
    column: `m${k}`,
    fill: 0,
    center: 0,
    scale: 1,
    clip: 10,
    indicator: false,
  })),
};

/** A row as a request brings it: the measurements alone. */
const measuresOf = (row: TableRow): TableRow =>
  Object.fromEntries(Object.entries(row).filter(([name]) => /^m\d/.test(name)));

const folder = mkdtempSync(join(tmpdir(), 'train-'));
afterAll(() => rmSync(folder, { recursive: true }));

let inputs: NonNullable<RunNodeOptions['inputs']>;
const tableOf = tablesIn(folder);
beforeAll(async () => {
  inputs = {
    train: await tableOf(
      'train',
      rows.filter((_, i) => i % 3 > 0),
    ),
    validation: await tableOf(
      'validation',
      rows.filter((_, i) => i % 3 === 0),
    ),
    prep: { files: { 'transform.json': JSON.stringify(prep) } },
  };
});

const label = 'grower';
const quick = { label, units: 16, epochs: 12, batchSize: 16, learningRate: 0.01, dropout: 0.2 };
const digestOf = async (run: NodeRun): Promise<string> =>
  createHash('sha256')
    .update(await run.outputs['model']!.bytes('weights.bin'))
    .digest('hex');
const figuresOf = (run: NodeRun) =>
  run.outputs['figures']!.value as { on: string; n: number; accuracy: number; logLoss: number; f1: { macro: number } };

test('a column called like a member of every object is a column as any other', async () => {
  const called = (row: TableRow): TableRow =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name === 'm0' ? 'constructor' : name, cell]));
  const steps = prep.steps.map((step) =>
    'column' in step && step.column === 'm0' ? { ...step, column: 'constructor' } : step,
  );
  const odd = {
    train: await tableOf('odd', rows.map(called)),
    prep: { files: { 'transform.json': JSON.stringify({ ...prep, steps }) } },
  };
  const run = await runNode(logisticNode, { params: { label }, inputs: odd });
  const { card } = await openModel(run.outputs['model']!);
  const first = wine.features.map((features) => features[0]!);
  expect(card.inputs.find(({ name }) => name === 'constructor')?.range).toEqual([
    Math.min(...first),
    Math.max(...first),
  ]);
}, 60_000);

describe('a net', () => {
  test('learns real data, better than the baseline, and its model answers as its figures say', async () => {
    const run = await runNode(netNode, { params: quick, inputs });
    const base = await runNode(baselineNode, { params: { label }, inputs });
    expect(figuresOf(run)).toMatchObject({ on: 'validation', n: 30 });
    expect(figuresOf(run).accuracy).toBeGreaterThan(0.9);
    expect(figuresOf(run).logLoss).toBeLessThan(figuresOf(base).logLoss / 3);

    const model = await openModel(run.outputs['model']!);
    const held = rows.filter((_, i) => i % 3 === 0);
    const answers = await model.predict(held.map(measuresOf));
    const right = answers.filter((answer, i) => answer.label === held[i]![label]).length;
    expect(right / held.length).toBe(figuresOf(run).accuracy);
    expect(run.outputs['model']!.value).toMatchObject({
      kind: 'dense net',
      task: { type: 'classification', classes: ['Barbera', 'Barolo', 'Grignolino'] },
    });
    expect(run.outputs['curves']!.value).toMatchObject({ epochs: 12 });
    expect(run.progress.at(-1)!.message).toMatch(/^epoch 12 of 12: training loss/);
    expect(await run.outputs['curves']!.text('report.html')).toContain('</svg>');
  });

  test('gives the same bits for the same seed, others for another', async () => {
    const digests = await Promise.all(
      [{ seed: 1 }, { seed: 1 }, { seed: 2 }].map(async ({ seed }) =>
        digestOf(await runNode(netNode, { params: quick, inputs, seed })),
      ),
    );
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  test('the training loss is a mean by weight: classes that all weigh four times as much have that of rows without weights', async () => {
    // A net that hardly moves, watched on its training rows.
    const still = { ...quick, epochs: 1, learningRate: 1e-9, dropout: 0, optimizer: 'sgd' };
    const classWeights = { Barbera: 4, Barolo: 4, Grignolino: 4 };
    const both = { ...inputs, validation: inputs.train };
    const run = await runNode(netNode, { params: { ...still, classWeights }, inputs: both });
    const { trainLoss, validationLoss } = run.outputs['curves']!.value as { trainLoss: number; validationLoss: number };
    expect(trainLoss).toBeGreaterThan(0.1);
    expect(trainLoss / validationLoss).toBeCloseTo(1, 5);
  });

  test('goes on from the checkpoint of fewer epochs, with the bits of all at once, and reports each epoch once', async () => {
    const whole = await runNode(netNode, { params: { ...quick, epochs: 9 }, inputs });
    const store = new FileStore(join(folder, 'rungs'));
    const trial = { number: 0, live: false, goesOn: true };
    const fewer = await runNode(netNode, { params: { ...quick, epochs: 3 }, inputs, store, trial });
    const more = await runNode(netNode, {
      params: { ...quick, epochs: 9 },
      inputs,
      store,
      trial: { ...trial, from: fewer.key },
    });
    expect(more.outputs['model']!.ref.digest).toBe(whole.outputs['model']!.ref.digest);
    expect([fewer, more].flatMap(({ reports }) => reports)).toEqual(whole.reports);
    expect(whole.reports.map(([epoch]) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(more.reports.map(([epoch]) => epoch)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  test('stopped in the middle and taken up again, ends with the bits of an undisturbed run', async () => {
    const params = { ...quick, checkpointSeconds: 0 };
    const undisturbed = await runNode(netNode, { params, inputs });
    const store = new FileStore(join(folder, 'store'));
    const abort = new AbortController();
    const stopped = runNode(netNode, {
      params,
      inputs,
      store,
      host: {
        signal: abort.signal,
        progress: (_, message) => message?.startsWith('epoch 7 ') && abort.abort(new Error('stopped')),
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
    const resumed = await runNode(netNode, { params, inputs, store });
    expect(resumed.log).toContain('taken up after epoch 7');
    expect(await digestOf(resumed)).toBe(await digestOf(undisturbed));
    for (const port of ['model', 'curves'] as const)
      expect(resumed.outputs[port]!.ref.digest).toBe(undisturbed.outputs[port]!.ref.digest);
  });

  test('stops when the validation loss no longer falls, and keeps the best epoch', async () => {
    const params = { ...quick, dropout: 0, epochs: 500, patience: 3, learningRate: 0.05 };
    const run = await runNode(netNode, { params, inputs });
    const curves = run.outputs['curves']!.value as { epochs: number; bestEpoch: number; stopped: string };
    expect(curves.epochs).toBe(curves.bestEpoch + 3);
    expect(curves.stopped).toBe('the validation loss did not fall for 3 epochs');
  });

  test('without validation rows trains all epochs and measures on the training rows', async () => {
    const { validation: _, ...rest } = inputs;
    const run = await runNode(netNode, {
      params: { ...quick, epochs: 3, classWeights: 'balanced', l2: 1e-3 },
      inputs: rest,
    });
    expect(figuresOf(run)).toMatchObject({ on: 'train', n: 59 });
    expect(run.outputs['curves']!.value).toMatchObject({ epochs: 3, bestEpoch: 3, validationLoss: null });
  });

  test('that diverges at once fails with a reason and a remedy', async () => {
    const huge = { ...quick, learningRate: 10, l2: 1e30, optimizer: 'sgd' };
    await expect(runNode(netNode, { params: huge, inputs })).rejects.toThrow(/diverged[^]*lower learningRate/);
  });

  test('leaves no tensor behind, however many epochs it trains', async () => {
    const { tf } = await loadTensorflow({ threads: 1 });
    const before = tf.memory().numTensors;
    const during: number[] = [];
    const host = { progress: () => void during.push(tf.memory().numTensors) };
    await runNode(netNode, { params: { ...quick, epochs: 8, l2: 1e-4 }, inputs, host });
    expect(new Set(during).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });

  describe('in a process of its own', () => {
    const program = fileURLToPath(new URL('../../node_modules/.cache/trainyard-train-test.mjs', import.meta.url));
    beforeAll(() =>
      build({
        stdin: {
          contents: `
            import { FileStore } from './store/files.js';
            import { runNode } from './worker/testing/index.js';
            import { netNode } from './plugins/train/worker.js';
            const { folder, ...request } = JSON.parse(process.argv[2]);
            const store = folder && { store: new FileStore(folder) };
            const host = { progress: (_, message) => console.error(message) };
            const { outputs, log } = await runNode(netNode, { ...request, ...store, host });
            const card = JSON.parse(await outputs.model.text('model.json'));
            console.log(JSON.stringify({ digest: outputs.model.ref.digest, figures: outputs.figures.value, card, log }));`,
          resolveDir: fileURLToPath(new URL('../..', import.meta.url)),
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
    afterAll(() => rmSync(program));

    interface Answer {
      digest: string;
      figures: { accuracy: number };
      card: { libraries: Record<string, string>; training: { note?: string } };
      log: string[];
    }
    const train = async (request: object, env: NodeJS.ProcessEnv = {}): Promise<Answer> => {
      const options = { env: { ...process.env, ...env } };
      const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(request)], options);
      return JSON.parse(stdout) as Answer;
    };

    test('gives the same bits as in another, and as here', async () => {
      const request = { params: quick, inputs, seed: 5 };
      const [first, second] = [await train(request), await train(request)];
      expect(second.digest).toBe(first.digest);
      const here = await runNode(netNode, request);
      expect(here.outputs['model']!.ref.digest).toBe(first.digest);
    });

    test('killed in the middle and taken up by another process, ends with the bits of an undisturbed run', async () => {
      const request = { params: { ...quick, epochs: 60, patience: 60, checkpointSeconds: 0 }, inputs, seed: 6 };
      const killed = { ...request, folder: join(folder, 'killed') };
      const child = spawn(process.execPath, [program, JSON.stringify(killed)], { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr.on('data', (said: Buffer) => /^epoch 2\d of 60/m.test(said.toString()) && child.kill('SIGKILL'));
      expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
      const resumed = await train(killed);
      expect(resumed.log[0]).toMatch(/^taken up after epoch (1|2|3)\d$/);
      expect(resumed.digest).toBe((await runNode(netNode, request)).outputs['model']!.ref.digest);
    });

    test('trains on WebAssembly where the native TensorFlow is not installed, and says so', async () => {
      const answer = await train({ params: quick, inputs }, { TRAINYARD_CACHE: join(folder, 'no-tools') });
      expect(Object.keys(answer.card.libraries)).toEqual(['wasm']);
      expect(answer.figures.accuracy).toBeGreaterThan(0.9);
      expect(answer.card.training.note).toContain('trained on WebAssembly');
      expect(answer.log[0]).toContain('trained on WebAssembly');
    });
  });
});

describe('the classical learners', () => {
  test('logistic regression learns real data', async () => {
    const run = await runNode(logisticNode, { params: { label }, inputs });
    expect(figuresOf(run).accuracy).toBeGreaterThan(0.9);
    expect((await openModel(run.outputs['model']!)).card.training).toMatchObject({ converged: true });
  });
  test('the baseline answers the shares of the classes, or the most frequent class for certain', async () => {
    const prior = await runNode(baselineNode, { params: { label }, inputs });
    const majority = await runNode(baselineNode, { params: { label, strategy: 'majority' }, inputs });
    const p = await (await openModel(majority.outputs['model']!)).score([rows[0]!]);
    expect([...p].sort()).toEqual([0, 0, 1]);
    expect(figuresOf(prior).accuracy).toBe(figuresOf(majority).accuracy);
  });
});

describe('training refuses', () => {
  const cases: [string, () => Promise<TableOutput>, RegExp][] = [
    [
      'rows of one class',
      () =>
        tableOf(
          'one',
          rows.filter((row) => row[label] === 'Barolo'),
        ),
      /all rows .* one class, "Barolo"/,
    ],
    [
      'a label that is no class',
      () =>
        tableOf(
          'ids',
          rows.map((row) => ({ ...row, [label]: row['_row']! })),
        ),
      /89 different values in 89 rows/,
    ],
    ['a row without label', () => tableOf('none', [...rows, { ...rows[0]!, [label]: null }]), /no label.*row 89/],
    [
      'text in a numeric column',
      () =>
        tableOf(
          'text',
          rows.map((row) => ({ ...row, m3: 'x' })),
        ),
      /column "m3" of the table "train" does not hold numbers/,
    ],
  ];
  for (const [name, make, says] of cases)
    test(name, async () => {
      for (const node of [netNode, logisticNode])
        await expect(
          runNode(node, { params: { label }, inputs: { train: await make(), prep: inputs['prep'] } }),
        ).rejects.toThrow(says);
    });
  test('a label column that is not there, offering the nearest', async () => {
    await expect(runNode(netNode, { params: { label: 'growr' }, inputs })).rejects.toThrow('did you mean "grower"?');
  });
  test('a validation class that training did not see', async () => {
    const train = await tableOf(
      'two',
      rows.filter((row) => row[label] !== 'Barolo'),
    );
    await expect(runNode(netNode, { params: { label }, inputs: { ...inputs, train } })).rejects.toThrow(
      /class that training did not see[^]*Barolo/,
    );
  });
});
