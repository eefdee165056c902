import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import { fingerprint, readPenguins } from '../../examples/penguins/demo/data.js';
import { startTemporal } from '../../setup/index.js';
import { DemoProject, type Running } from '../demo/demo-project.js';
import { eventually, forReadme, signIn, Stage } from './stage.js';
import { TemporalUi } from './temporal-ui.js';

const RUN = 'penguins-story';
const REVIEW = `${RUN}/review-species.answers`;
const SPECIES = ['Adelie', 'Chinstrap', 'Gentoo'];
/** Fewer trials than the demo's where the pictures are only looked at. */
const TRIALS = forReadme ? 12 : 2;

describe('a run of the penguins, as people see it', () => {
  const project = new DemoProject();
  let dev: Running;
  let stage: Stage;
  let server: string;
  let ui: string;

  beforeAll(async () => {
    dev = project.trainyard('dev', '--json');
    const opening = Stage.open();
    await dev.says(/"worker":/);
    stage = await opening;
    ({ server, ui } = project.addresses() ?? { server: '', ui: '' });
    const params = ['-p', 'corrupt=0.05', '-p', `trials=${TRIALS}`];
    const started = await project.trainyard('run', 'penguins', '--id', RUN, ...params, '--detach').ended;
    expect(started.code, started.err).toBe(0);
    await project.reaches('label-review', ['running'], () => RUN);
  }, 180_000);
  afterAll(async () => {
    await stage?.close();
    await project.remove();
  });

  it('what waits for a person stands on the home page and on the run page', async () => {
    const page = await stage.page();
    await signIn(page, server, project.key(), '/');
    await stage.picture(page, 'home-waiting');
    await page.getByRole('link', { name: RUN, exact: true }).click();
    await eventually(() => page.locator('h1').textContent()).toBe(RUN);
    await eventually(() => page.locator('.graph .box').count()).toBeGreaterThan(8);
    await stage.picture(page, 'run-waiting');
    await page.getByRole('link', { name: 'Label review' }).click();
    await page.waitForURL(/\/reviews\//);
    await page.context().close();
  });

  it('the Temporal UI tells of an open run: table of nodes, link to the run page', async () => {
    const page = await stage.page();
    const temporal = new TemporalUi(page, ui);
    await temporal.open(RUN, 'user-metadata');
    await eventually(() => temporal.text()).toMatch(/penguins running: \d+ done/);
    await eventually(() => temporal.text()).toMatch(/done\s+ingest\.parse/);
    await eventually(() => temporal.text()).toContain('penguins: corrupt 0.05, trials');
    await eventually(() => temporal.linkTo('Run page')).toBe(`${server}/runs/${RUN}`);
    await stage.picture(page, 'temporal-open-metadata');
    await page.context().close();
  });

  it('labels are reviewed by keyboard alone, undo and note included', async () => {
    const page = await stage.page({ height: 620 });
    await signIn(page, server, project.key(), `/reviews/${encodeURIComponent(REVIEW)}`);
    await page.keyboard.type('Ada');
    await page.keyboard.press('Enter');
    const truth = new Map(
      readPenguins(path.join(project.folder, 'data', 'penguins.csv')).map((row) => [
        fingerprint(row),
        String(row['species']),
      ]),
    );
    let answered = 0;
    for (; ; answered++) {
      const row = await rowOnDesk(page, answered);
      if (row === undefined) break;
      const key = String(1 + SPECIES.indexOf(truth.get(fingerprint(row.cells)) ?? row.given));
      if (answered === 2) await stage.picture(page, 'review');
      if (answered === 3) {
        await page.keyboard.press('n');
        await page.keyboard.type('measured twice');
        await page.keyboard.press('Escape');
      }
      await page.keyboard.press(key);
      if (answered === 4) {
        await page.keyboard.press('u');
        await eventually(() => page.locator('#row').textContent()).toContain('again: you said');
        await page.keyboard.press(key);
      }
    }
    expect(answered).toBeGreaterThanOrEqual(14);
    await stage.picture(page, 'review-done');
    await page.context().close();
  }, 120_000);

  it('the run page shows the graph, the states, the result, the reports and the plots', async () => {
    await project.reaches('monitor.endpoint', ['done'], () => RUN, 180_000);
    const page = await stage.page({ height: 1100 });
    await page.goto(`${server}/runs/${RUN}`);
    await eventually(() => page.locator('.facts .state').textContent()).toBe('done');
    const nodes = (await project.graph(RUN))?.nodes ?? [];
    expect(await page.locator('.graph .box').count()).toBe(nodes.length);
    expect(await page.locator('table.nodes tbody tr').count()).toBe(nodes.length);
    for (const { node } of nodes) expect(await page.locator('.graph').textContent()).toContain(node);
    await stage.picture(page, 'run-page');
    const reports = page.locator('details[id^="report-"]');
    expect(await reports.count()).toBeGreaterThanOrEqual(4);
    const last = reports.last();
    await last.locator('summary').click();
    const frame = page.frameLocator(`details[id="${(await last.getAttribute('id')) ?? ''}"] iframe`);
    await eventually(() => frame.locator('body').textContent()).toMatch(/accuracy/i);
    await last.scrollIntoViewIfNeeded();
    await stage.picture(page, 'report');
    for (const plot of await page.locator('.plots img').all()) {
      await plot.scrollIntoViewIfNeeded();
      await expect
        .poll(() => plot.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
        .toBeGreaterThan(50);
    }
    // A durable child leads to its own run.
    await page.getByRole('link', { name: 'its own run' }).click();
    await eventually(() => page.locator('h1').textContent()).toBe(`${RUN}/tune`);
    await eventually(() => page.locator('#trials tbody tr').count()).toBe(TRIALS);
    expect(await page.locator('#trials tbody tr').first().textContent()).toContain('best');
    await stage.picture(page, 'study');
    await page.locator('#trials').scrollIntoViewIfNeeded();
    await stage.picture(page, 'study-trials');
    await page.getByRole('link', { name: RUN, exact: true }).click();
    await page.context().close();
    const dark = await stage.page({ dark: true, height: 1100 });
    await dark.goto(`${server}/runs/${RUN}`);
    await eventually(() => dark.locator('.graph .box').count()).toBe(nodes.length);
    await stage.picture(dark, 'run-page-dark');
    await dark.context().close();
  }, 240_000);

  it('the home page leads to the model, its versions, its history and its monitor', async () => {
    const page = await stage.page();
    await page.goto(server);
    await eventually(() => page.locator('main').textContent()).toMatch(/f1\.macro [\d.]+/);
    await stage.picture(page, 'home');
    await page.getByRole('link', { name: 'champion: version 1' }).click();
    await eventually(() => page.locator('h1').textContent()).toBe('Model penguins');
    const words = (await page.locator('main').textContent()) ?? '';
    for (const word of ['champion', RUN, 'version 1 registered', 'windows of 40 rows']) expect(words).toContain(word);
    // What the sealed test says is the evidence: it stands apart from what tuning has chosen by, and leads to its report.
    expect(words).toMatch(/f1\.macro [\d.]+, .* on \d+ rows/);
    expect(words).toMatch(/validation: f1\.macro/);
    expect(await page.getByRole('link', { name: 'the report' }).first().getAttribute('href')).toMatch(/^\/artifacts\//);
    await stage.picture(page, 'model');
    await page.context().close();
  });

  it('the Temporal UI tells of a closed run when no worker is left', async () => {
    process.kill(dev.pid, 'SIGINT');
    await dev.ended;
    expect(await project.leftovers()).toEqual([]);
    const temporal = await startTemporal({
      dbFile: path.join(project.folder, '.trainyard', 'temporal', 'temporal.db'),
      searchAttributes: SEARCH_ATTRIBUTES,
    });
    try {
      await closedRun(new TemporalUi(await stage.page({ height: 1460 }), temporal.uiUrl ?? ''), stage);
    } finally {
      await temporal.stop();
    }
  }, 180_000);
});

/** The row that the page asks about: the first look after `answered` answers. Undefined when all are done. */
async function rowOnDesk(
  page: Page,
  answered: number,
): Promise<{ given: string; cells: Record<string, string | number> } | undefined> {
  const mine = page.locator('#mine');
  const rest = page.locator('#rest h2');
  await expect
    .poll(
      async () =>
        (await rest.isVisible()) ||
        ((await page.locator('#row').isVisible()) && (await mine.textContent())?.startsWith(`${answered} `) === true),
    )
    .toBe(true);
  if (await rest.isVisible()) return undefined;
  const rows = await page
    .locator('#row tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
  const [[, given = ''] = [], ...others] = rows;
  const cells = others
    .filter(([, value]) => value !== 'missing')
    .map(([name = '', value = '']) => [name, number(value)] as const);
  return { given, cells: Object.fromEntries(cells) };
}

function number(text: string): string | number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** What must be found of a run that has ended, from the server alone. */
async function closedRun(temporal: TemporalUi, stage: Stage): Promise<void> {
  const { page } = temporal;
  await temporal.list(
    'TrainyardPipeline = "penguins" AND TrainyardModel = "penguins" AND TrainyardMetric > 0.5 AND TrainyardStatus = "done" AND TrainyardCause = "person"',
  );
  await eventually(() => temporal.text()).toContain('1 Workflow');
  await eventually(() => page.getByRole('link', { name: RUN, exact: true }).count()).toBeGreaterThan(0);
  await stage.picture(page, 'temporal-list');

  await temporal.open(RUN, 'timeline');
  await eventually(() => temporal.text()).toContain('clean.table • Cleans rows by rules');
  for (const words of [
    'train.net',
    'evaluate.final',
    'deploy.endpoint',
    '"outcome": "done"',
    '"model": "penguins"',
    '"metric":',
  ])
    await eventually(() => temporal.text()).toContain(words);
  await page.getByRole('button', { name: 'Descending' }).click();
  await eventually(() => page.getByRole('button', { name: 'Ascending' }).count()).toBe(1);
  await stage.picture(page, 'temporal-ui');

  await temporal.open(RUN, 'search-attributes');
  await eventually(() => temporal.text()).toContain('TrainyardData');
  for (const name of Object.keys(SEARCH_ATTRIBUTES)) await eventually(() => temporal.text()).toContain(name);
  await stage.picture(page, 'temporal-attributes');

  await temporal.open(RUN, 'user-metadata');
  await eventually(() => temporal.text()).toContain('penguins: corrupt 0.05, trials');
  await eventually(() => temporal.linkTo('Run page')).toContain(`/runs/${RUN}`);
  await stage.picture(page, 'temporal-metadata');

  await temporal.open(RUN, 'memo');
  await eventually(() => temporal.text()).toMatch(/done\s+train\.net/);
  expect(await temporal.text()).toMatch(/passed\s+f1\.macro ≥ 0\.9/);
  await stage.picture(page, 'temporal-memo');

  await temporal.open(`${RUN}/tune`, 'timeline');
  await eventually(() => temporal.text()).toMatch(/train\.net • trial \d+ · /);
  await stage.picture(page, 'temporal-study');
  await temporal.open(`${RUN}/tune`, 'memo');
  await eventually(() => temporal.text()).toMatch(/best figures\.f1\.macro so far/);
  await stage.picture(page, 'temporal-study-memo');
}
