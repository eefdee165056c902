import type { Client } from '@temporalio/client';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { watchRun } from '../../client/run-watch.js';
import { findChromium, type TemporalService } from '../../setup/index.js';
import { createServer, listen } from '../../server/index.js';
import { eventually } from '../browser/stage.js';
import { Probe, startServer } from '../matrix/harness.js';

/** A study while it runs and after it, as operators see it: in the terminal's news, on its page, in the Temporal UI. */
describe('a study that operators look at', () => {
  let server: TemporalService;
  let probe: Probe;
  let pages: FastifyInstance;
  let url: string;
  let browser: Browser;
  let page: Page;
  const ID = 'seen';

  beforeAll(async () => {
    server = await startServer();
    probe = await Probe.start(server);
    const { temporal, store } = probe.client;
    pages = createServer({ services: { store, client: { temporal } }, keys: [] });
    url = await listen(pages);
    const { path: executablePath, args, env } = await findChromium();
    browser = await chromium.launch({ executablePath, args: [...args], env: { ...env } });
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await pages?.close();
    await probe?.close();
    await server?.stop();
  });

  const column = (title: string): Promise<string[]> =>
    page.evaluate(`(() => {
      const at = [...document.querySelectorAll('#trials th')].findIndex((head) => head.textContent.includes('${title}'));
      return [...document.querySelectorAll('#trials tbody tr')].map((row) => row.children[at].textContent.trim());
    })()`);

  it('is followed live, and stays readable when it is over and no worker is left', async () => {
    const options = { trials: 9, sampler: 'sobol', pruner: { name: 'asha', min: 1, eta: 3 }, parallel: 2 };
    await probe.start('climbed', { salt: ID, options, params: { ms: 120 } }, { id: ID });
    const { temporal, store } = probe.client;
    const news: string[] = [];
    const watched = (async () => {
      for await (const { children, closed } of watchRun({ temporal, store }, ID, {
        reconnect: async () => ({ temporal }),
      })) {
        const [child] = children.values();
        const { study, final } = child ?? {};
        if (study) news.push(`${study.status} ${study.counts.complete + study.counts.pruned} ${String(final)}`);
        if (closed) return study;
      }
      return undefined;
    })();

    // The page: rows come while it runs, newest first.
    await eventually(async () => (await fetch(`${url}/api/runs/${ID}%2Ftune`)).status).toBe(200);
    await page.goto(`${url}/runs/${ID}%2Ftune`);
    await eventually(() => page.locator('#trials tbody tr').count()).toBeGreaterThan(1);
    const details = await currentDetails(temporal);
    expect(details).toMatch(/\*\*tune\*\* of climb\.train searching: \d of 9 trials/);
    expect(details).toMatch(/trial +state +out\.score +time +parameters/);
    const numbers = (await column('Trial')).map(Number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));

    const study = await watched;
    expect(study).toMatchObject({ status: 'done', counts: { running: 0 } });
    expect(news.some((one) => one.startsWith('searching'))).toBe(true);
    expect(news.at(-1)).toMatch(/^done 9 true/);
    await eventually(() => page.locator('[data-part=head] .state').textContent()).toBe('done');
    await probe.killWorker();

    // Over: the best first; sorted by keyboard.
    await page.reload();
    expect((await column('State')).some((state) => state.startsWith('pruned'))).toBe(true);
    expect((await column('State'))[0]).toBe('best');
    await page.locator('#sort-param-x').focus();
    await page.keyboard.press('Enter');
    await eventually(() => page.locator('th[aria-sort=descending]').textContent()).toContain('x');
    const x = (await column('x')).map(Number);
    expect(x).toEqual(x.toSorted((a, b) => b - a));
    expect(await page.evaluate('document.activeElement.id')).toBe('sort-param-x');
    expect(await page.locator('.drawing svg').count()).toBeGreaterThanOrEqual(3);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);

    // The Temporal UI: found by its best value, its trials in the memo, its calls by what they tried.
    const { memo, typedSearchAttributes: found } = await temporal.workflow.getHandle(`${ID}/tune`).describe();
    expect(memo?.['study']).toMatch(new RegExp(`^ +${study?.best} +best `, 'm'));
    const metric = [...found.getAll()].find(({ key }) => key.name === 'TrainyardMetric')?.value;
    expect(metric).toBe(study?.trials[study.best ?? 0]?.values?.[0]);
  });

  /** What the Temporal UI shows as current details. */
  async function currentDetails(temporal: Client): Promise<string> {
    const metadata = await temporal.workflow
      .getHandle(`${ID}/tune`)
      .query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    return metadata.currentDetails ?? '';
  }
});
