import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import type { Digest } from '../../core/digest.js';
import type { Json } from '../../core/json.js';
import { openModel } from '../../models/index.js';
import { Artifacts, FileStore, recordOpening } from '../../store/index.js';
import { sql, withDatabase, writeTable, type TableOutput, type TableRow } from '@trainyard/tables';
import { runNode, type TestInput } from '../../worker/testing/index.js';
import { withSeed } from '../../worker/with-seed.test-part.js';
import type { FittedTransform } from '@trainyard/transforms';
import { baselineNode, logisticNode } from '../train/worker.js';
import type { Figures } from '@trainyard/metrics';
import { challengeNode, finalNode } from './worker.js';

// 89 wines by 13 standardised measurements of their chemistry, three growers (scikit-learn's data; see the script beside it).
const wine = (
  JSON.parse(readFileSync(new URL('../../packages/numeric/src/references/logistic.json', import.meta.url), 'utf8')) as {
    cases: { features: number[][]; labels: number[] }[];
  }
).cases[0]!;
const rows: TableRow[] = wine.features.map((features, i) => ({
  _row: `row ${i}`,
  grower: ['Barolo', 'Grignolino', '<Barbera>'][wine.labels[i]!]!,
  cellar: i % 2 === 0 ? 'north' : null,
  ...Object.fromEntries(features.map((value, k) => [`m${k}`, value])),
}));
const label = 'grower';
const [trainRows, testRows] = [rows.filter((_, i) => i % 3 > 0), rows.filter((_, i) => i % 3 === 0)];
const prep = (columns: number): TestInput => {
  const steps: FittedTransform['steps'] = Array.from({ length: columns }, (_, k) => ({
    kind: 'numeric',
    column: `m${k}`,
    fill: 0,
    center: 0,
    scale: 1,
    clip: 10,
    indicator: false,
  }));
  const transform: FittedTransform = { format: 'trainyard.transform/1', rows: rows.length, steps };
  return { files: { 'transform.json': JSON.stringify(transform) } };
};

/** A row as a request brings it: the measurements alone. */
const measuresOf = (row: TableRow): TableRow =>
  Object.fromEntries(Object.entries(row).filter(([name]) => /^m\d/.test(name)));

const folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function tableOf(name: string, of: readonly TableRow[]): Promise<TableOutput> {
  const columns = Object.keys(rows[0]!).map((column) => ({
    name: column,
    type: column.startsWith('m') ? ('number' as const) : ('text' as const),
  }));
  return withDatabase({}, async (database) => {
    await database.insert('given', columns, of);
    return writeTable(database, sql`FROM given`, folder, name);
  });
}

/** A model as an input that later tests can store anew. */
async function asInput(model: InputArtifact): Promise<TestInput> {
  const files = await Promise.all(model.files.map(async (name) => [name, await model.bytes(name)] as const));
  return { value: model.value, files: Object.fromEntries(files) };
}

let models: { good: TestInput; poor: TestInput; none: TestInput };
let tested: TableOutput;
beforeAll(async () => {
  const train = await tableOf('train', trainRows);
  const good = await runNode(logisticNode, { params: { label }, inputs: { train, prep: prep(13) } });
  const poor = await runNode(logisticNode, { params: { label, l2: 50 }, inputs: { train, prep: prep(2) } });
  const none = await runNode(baselineNode, { params: { label }, inputs: { train, prep: prep(1) } });
  models = {
    good: await asInput(good.outputs['model']!),
    poor: await asInput(poor.outputs['model']!),
    none: await asInput(none.outputs['model']!),
  };
  tested = await tableOf('test', testRows);
});

describe('the final evaluation', () => {
  test('measures what the model answers, with intervals around the figures', async () => {
    const params = { slices: ['cellar', 'm0'] };
    const run = await runNode(finalNode, { params, inputs: { model: models.good, test: tested } });
    const value = run.output.value as Figures & {
      intervals: Record<'accuracy' | 'f1Macro' | 'logLoss', [number, number]>;
      slices: { column: string; value: string; n: number; accuracy: number }[];
    };
    const model = await openModel((models.good as { files: Record<string, Uint8Array> }).files);
    const answers = await model.predict(testRows.map(measuresOf));
    const right = answers.filter((answer, i) => answer.label === testRows[i]![label]).length;
    expect(value).toMatchObject({ n: 30, accuracy: right / 30 });
    const inside = (figure: number, [low, high]: [number, number]) => low <= figure && figure <= high && low < high;
    expect(inside(value.accuracy, value.intervals.accuracy)).toBe(true);
    expect(inside(value.logLoss, value.intervals.logLoss)).toBe(true);
    expect(JSON.stringify(value).length).toBeLessThan(4096);

    const report = JSON.parse(await run.output.text('report.json')) as { slices: { column: string; n: number }[] };
    for (const column of params.slices)
      expect(report.slices.filter((s) => s.column === column).reduce((sum, s) => sum + s.n, 0)).toBe(30);
    expect(value.slices.map(({ value: name }) => name)).toContain('missing');
    const page = await run.output.text('report.html');
    for (const chart of ['ROC', 'Precision and recall', 'Calibration by class'])
      expect(page).toContain(`aria-label="${chart}"`);
    expect(page).not.toMatch(/NaN|Infinity/);
    expect(page).toContain('&lt;Barbera&gt;');
    expect(page).not.toMatch(/<Barbera>|<script|https?:\/\/(?!www\.w3\.org)/);
  });

  test('is the same for the same seed', async () => {
    const [one, two] = await Promise.all(
      [3, 3].map((seed) => runNode(finalNode, { inputs: { model: models.poor, test: tested }, seed })),
    );
    expect(one!.output.ref.digest).toBe(two!.output.ref.digest);
  });

  test('says how often the test set was opened before, and the same again when it is computed again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trainyard-openings-'));
    const store = new FileStore(folder);
    const test = await new Artifacts(store).write('sealed table', tested);
    const inputs = { model: models.good, test };
    const first = await runNode(finalNode, { inputs, store });
    expect(first.output.value).toMatchObject({ openedBefore: 0 });
    expect(await first.output.text('report.html')).toContain('opened for the first time');
    const ofLog = await runNode(finalNode, { inputs, store, seed: 1 });
    const opening = { artifact: test.digest, run: 'r', purpose: 'p', by: { kind: 'drift' }, node: 'evaluate.final' };
    const open = (key: Digest, openedAt: string) => recordOpening(store, { ...opening, key, openedAt });
    await open(first.key, '2026-01-01T00:00:00.000Z');
    await open(ofLog.key, '2026-01-02T00:00:00.000Z');
    const again = await runNode(finalNode, { inputs, store });
    expect(again.output.ref.digest).toBe(first.output.ref.digest);
    const second = await runNode(finalNode, { inputs, store, seed: 1 });
    expect(second.output.value).toMatchObject({ openedBefore: 1 });
    expect(await second.output.text('report.html')).toMatch(
      /opened for the second time;\s+before this by evaluate\.final/,
    );
    rmSync(folder, { recursive: true });
  });

  test('counts rows of a class that the model does not know as wrong', async () => {
    const test = await tableOf('strange', [...testRows, { ...testRows[0]!, [label]: 'Moscato' }]);
    const run = await runNode(finalNode, { inputs: { model: models.good, test } });
    const report = JSON.parse(await run.output.text('report.json')) as { classes: string[]; perClass: object[] };
    expect(report.classes).toContain('Moscato');
    expect(report.perClass[report.classes.indexOf('Moscato')]).toMatchObject({ recall: 0, support: 1 });
  });

  test('refuses a table without an input of the model, a row without label, no rows, an unknown slice', async () => {
    const evaluate = (test: TableOutput, slices: string[] = []) =>
      runNode(finalNode, { params: { slices }, inputs: { model: models.good, test } });
    const narrow = withDatabase({}, async (database) => {
      await database.view('given', tested.files['data.parquet'].path);
      return writeTable(database, sql`SELECT * EXCLUDE (m4) FROM given`, folder, 'narrow');
    });
    await expect(evaluate(await narrow)).rejects.toThrow('an input of the model names column "m4"');
    await expect(evaluate(await tableOf('gap', [{ ...testRows[0]!, [label]: null }]))).rejects.toThrow('has no label');
    await expect(evaluate(await tableOf('empty', []))).rejects.toThrow('has no rows');
    await expect(evaluate(tested, ['celar'])).rejects.toThrow('did you mean "cellar"?');
  });
});

describe('a challenger', () => {
  interface Verdict {
    verdict: 'promote' | 'keep';
    reasons: string[];
    sets: { rows: string; n: number; difference: number | null; p: number | null }[];
  }
  const judge = async (
    challenger: keyof typeof models,
    champion: keyof typeof models | undefined,
    params: object = {},
    inputs: Record<string, TestInput> = { fresh: tested, test: tested },
  ): Promise<Verdict> => {
    const given = { challenger: models[challenger], ...(champion ? { champion: models[champion] } : {}), ...inputs };
    return (await runNode(challengeNode, { params, inputs: given })).output.value as Verdict;
  };

  test('that is clearly better is promoted, by every metric', async () => {
    for (const metric of ['accuracy', 'f1Macro', 'logLoss']) {
      const verdict = await judge('good', 'none', { metric });
      expect(verdict.verdict).toBe('promote');
      expect(verdict.reasons[0]).toContain('better, beyond chance');
    }
  });
  test('that is clearly worse is refused, by either rule', async () => {
    for (const rule of ['better', 'not worse']) {
      const verdict = await judge('none', 'good', { rule });
      expect(verdict.verdict).toBe('keep');
      expect(verdict.reasons[0]).toContain('is worse by more than the margin');
    }
  });
  test('that equals the champion is kept out by the rule "better", let in by "not worse"', async () => {
    const verdict = await judge('good', 'good');
    expect(verdict).toMatchObject({ verdict: 'keep', sets: [{ difference: 0, p: 1 }, { difference: 0 }] });
    expect((await judge('good', 'good', { rule: 'not worse' })).verdict).toBe('promote');
  });
  test('without a champion is promoted, and without rows refused', async () => {
    const verdict = await judge('good', undefined);
    expect(verdict).toMatchObject({ verdict: 'promote', sets: [{ n: 30, difference: null }, { rows: 'test' }] });
    await expect(judge('good', 'none', {}, {})).rejects.toThrow('no rows to compare on');
  });
  test('is judged the same way each time', async () => {
    expect(await judge('good', 'poor')).toEqual(await judge('good', 'poor'));
  });
});

describe('classes', () => {
  const former = JSON.parse(readFileSync(new URL('./reference/former.json', import.meta.url), 'utf8')) as {
    final: { model: keyof typeof models; seed: number; report: object }[];
    challenge: {
      metric: string;
      seed: number;
      rule: string;
      challenger: keyof typeof models;
      champion: keyof typeof models;
      value: object;
    }[];
  };
  // The very models that these figures are of: how they were trained is another matter.
  const kept = JSON.parse(readFileSync(new URL('./reference/former-models.json', import.meta.url), 'utf8')) as Record<
    keyof typeof models,
    { value: Json; files: Record<string, string> }
  >;
  const formerModel = (name: keyof typeof models): TestInput => {
    const { value, files } = kept[name];
    const bytes = Object.entries(files).map(([file, text]) => [file, Buffer.from(text, 'base64')] as const);
    return { value, files: Object.fromEntries(bytes) };
  };
  test('have, bit for bit, the figures that they had when the nodes knew nothing else', async () => {
    for (const { model, seed, report } of former.final) {
      const params = { slices: ['cellar', 'm0'] };
      const run = await runNode(withSeed(finalNode, seed), {
        params,
        inputs: { model: formerModel(model), test: tested },
      });
      expect(JSON.parse(await run.output.text('report.json'))).toMatchObject(report);
    }
  });
  test('are compared, bit for bit, as they were', async () => {
    for (const { metric, seed, rule, challenger, champion, value } of former.challenge) {
      const inputs = {
        challenger: formerModel(challenger),
        champion: formerModel(champion),
        fresh: tested,
        test: tested,
      };
      // The margin that was the default, so that the same numbers are drawn.
      const params = { metric, rule, margin: 0.02 };
      const run = await runNode(withSeed(challengeNode, seed), { params, inputs });
      expect(run.output.value).toMatchObject(value);
    }
  });
});
