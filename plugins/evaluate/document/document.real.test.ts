import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import type { TableRow } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { findChromium } from '../../../setup/index.js';
import { runNode, type TestInput } from '../../../worker/testing/index.js';
import { attributionsNode, partialNode, permutationNode } from '../../explain/worker.js';
import { tablesIn } from '../../train/table-of.test-part.js';
import { logisticNode } from '../../train/worker.js';
import * as evaluate from '../worker.js';

const folder = mkdtempSync(join(tmpdir(), 'trainyard-document-'));
afterAll(() => process.env['KEEP_PAGES'] === undefined && rmSync(folder, { recursive: true }));
const random = randomFrom(9);
const rows: TableRow[] = Array.from({ length: 400 }, (_, i) => {
  const [age, dose] = [20 + (i % 50), random.uniform() * 10];
  const odds = 0.08 * (age - 45) + 0.5 * (dose - 5) + (random.uniform() - 0.5) * 4;
  return {
    _row: `r${i}`,
    age,
    dose,
    site: ['<north>', 'south', 'west'][i % 3]!,
    sex: i % 2 ? 'f' : 'm',
    outcome: odds > 0 ? 'sick' : 'well',
  };
});
const transform: FittedTransform = {
  format: 'trainyard.transform/1',
  rows: 200,
  steps: ['age', 'dose'].map((column) => ({
    kind: 'numeric',
    column,
    fill: 5,
    center: 20,
    scale: 10,
    clip: 10,
    indicator: false,
  })),
};
const card = {
  value: {
    goal: 'Tell who falls ill', kind: 'binary', target: 'outcome', scope: 'adults', exclusions: ['children'], affected: 'patients', budget: {},
    metric: { name: 'f1.macro', direction: 'maximize', threshold: 0.5, precision: 0.1 },
  },
}; // prettier-ignore

type Made = Awaited<ReturnType<typeof runNode>>;
let store: Made['store'];
let whole: Made;
let gates: Made;
let modelCard: Made;
const given = {} as Record<string, TestInput>;
beforeAll(async () => {
  const [train, table, test] = [
    await tablesIn(folder)('train', rows.slice(0, 150)),
    await tablesIn(folder)('held', rows.slice(150, 280)),
    await tablesIn(folder)('test', rows.slice(280)),
  ];
  const prep = { files: { 'transform.json': JSON.stringify(transform) } };
  const trained = await runNode(logisticNode, { params: { label: 'outcome' }, inputs: { train, prep } });
  store = trained.store;
  const model = trained.outputs['model']!;
  const made = async (node: Parameters<typeof runNode>[0], inputs: object, params = {}) =>
    runNode(node, { params, inputs: inputs as never, store });
  const on = { model, table };
  given['final'] = (await made(evaluate.finalNode, { model, test }, { slices: ['site'], resamples: 200 })).output;
  given['slices'] = (
    await made(evaluate.slicesNode, on, { columns: ['site', 'sex'], limit: 0.3, resamples: 200 })
  ).output;
  given['errors'] = (await made(evaluate.errorsNode, on)).outputs['report']!;
  given['fairness'] = (
    await made(evaluate.fairnessNode, on, {
      groups: ['sex', 'site'],
      limits: { equalOpportunity: 0.9 },
      least: 5,
      resamples: 200,
    })
  ).output;
  given['calibration'] = (await made(evaluate.calibrateNode, on)).outputs['report']!;
  given['threshold'] = (
    await made(evaluate.thresholdNode, on, { costs: { sick: { well: 5 }, well: { sick: 1 } }, resamples: 200 })
  ).outputs['report']!;
  given['importance'] = (await made(permutationNode, on)).output;
  given['partial'] = (await made(partialNode, on, { columns: ['age', 'dose'] })).output;
  given['attributions'] = (await made(attributionsNode, on, { rows: 30 })).outputs['summary']!;
  given['robustness'] = (await made(evaluate.robustnessNode, on)).output;
  const { final, slices, fairness } = given;
  gates = await made(
    evaluate.gatesNode,
    { model, final, card, slices, fairness },
    { megabytes: 1, milliseconds: 1000 },
  );
  modelCard = await made(
    evaluate.modelCardNode,
    { model, final, card, slices, fairness },
    { developers: 'The <ward>', licence: 'MIT' },
  );
  whole = await made(evaluate.documentNode, { ...given, gates: gates.output, modelCard: modelCard.output });
}, 300_000);

test('gates say passed or failed with evidence for each, by whole intervals', () => {
  const value = gates.output.value as {
    verdict: string;
    gates: { gate: string; verdict: string; limit: number; interval: [number, number] }[];
  };
  expect(value.gates.map(({ gate }) => gate)).toEqual(['task card', 'slices', 'fairness', 'size', 'latency']);
  const [first] = value.gates;
  expect(first).toMatchObject({ verdict: 'passed', limit: 0.5 });
  expect(first!.interval[0]).toBeGreaterThan(0.5);
  expect(value.verdict).toBe('passed');
});

test('a limit within the interval cannot be told, one above it is failed, and a figure that there is not is refused', async () => {
  const { final } = given;
  const { value } = final as unknown as { value: { f1: { macro: number } } };
  const held = async (threshold: number, name = 'f1.macro') => {
    const asked = { value: { ...card.value, metric: { ...card.value.metric, threshold, name } } };
    const run = await runNode(evaluate.gatesNode, { inputs: { model: modelOf(), final, card: asked } as never, store });
    return (run.output.value as { verdict: string }).verdict;
  };
  expect(await held(value.f1.macro)).toBe('cannot tell');
  expect(await held(0.999)).toBe('failed');
  await expect(held(0.5, 'f1.makro')).rejects.toThrow('do not have');
});
const modelOf = () => ({ value: {}, files: { 'model.json': '{}' } });

test('a model card is filled from the record, and says what people have not given', async () => {
  const { missing } = modelCard.output.value as { missing: string[] };
  expect(missing).toEqual(['contact', 'users', 'factors', 'evaluation data', 'training data', 'caveats']);
  const text = await modelCard.output.text('model-card.md');
  for (const part of [
    'Tell who falls ill; adults',
    'children',
    'patients',
    'The \\<ward\\>',
    '**contact**: Not given.',
    '| accuracy |',
  ])
    expect(text).toContain(part);
  expect(await modelCard.output.text('report.html')).not.toContain('<ward>');
});

test('the report is one offline page with all parts, and the same as JSON', async () => {
  const page = await whole.output.text('report.html');
  for (const chart of [
    'ROC',
    'Precision and recall',
    'Calibration',
    'Cost by threshold',
    'Permutation importance',
    'The worst slices',
    'F1, macro by noise',
  ])
    expect(page, chart).toContain(`aria-label="${chart}"`);
  expect(page).toContain('aria-label="confusion matrix"');
  expect(page).not.toMatch(/<script|src="http|href="http|<north>|NaN|undefined|\[object/);
  const { sections } = JSON.parse(await whole.output.text('report.json')) as { sections: Record<string, object> };
  expect(Object.keys(sections).sort()).toEqual([...Object.keys(given), 'gates', 'modelCard'].sort());
  expect(whole.output.value).toMatchObject({ leftOut: ['challenge', 'comparison', 'curves'] });
  const hostile = { value: {}, files: { 'report.html': '<main><h1>x</h1><script>1</script></main>' } };
  await expect(
    runNode(evaluate.documentNode, { inputs: { final: given['final'], slices: hostile } as never, store }),
  ).rejects.toThrow('can be part of another');
});

test('it fits a desk and a phone: nothing is cut off, no place is named twice, and every link leads to one', async () => {
  const file = join(folder, 'report.html');
  writeFileSync(file, await whole.output.text('report.html'));
  const { path: executablePath, args, env } = await findChromium();
  const browser = await chromium.launch({ executablePath, args: [...args], env: { ...env } });
  try {
    for (const width of [1280, 390]) {
      const page = await (await browser.newContext({ viewport: { width, height: 900 }, offline: true })).newPage();
      const wrong: string[] = [];
      page.on('pageerror', (error) => wrong.push(error.message));
      await page.goto(pathToFileURL(file).href);
      const seen = await page.evaluate(`(() => {
        const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
        const links = [...document.querySelectorAll('a[href^="#"]')].map((one) => one.getAttribute('href').slice(1));
        const twice = ids.length - new Set(ids).size;
        return { wide: document.documentElement.scrollWidth, twice, lost: links.filter((one) => !ids.includes(one)) };
      })()`);
      expect(seen).toEqual({ wide: width, twice: 0, lost: [] });
      expect(wrong).toEqual([]);
      await page.screenshot({ path: join(folder, `report-${width}.png`), fullPage: true });
    }
  } finally {
    await browser.close();
  }
  if (process.env['KEEP_PAGES'] !== undefined) console.log(folder);
});
