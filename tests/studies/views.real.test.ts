import type { Client } from '@temporalio/client';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { watchRun } from '../../client/run/run-watch.js';
import type { StudyState } from '../../core/study/state.js';
import { findChromium, type TemporalService } from '../../setup/index.js';
import { createServer, listen } from '../../server/index.js';
import { eventually, signIn } from '../browser/stage.js';
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
  const KEY = 'ty_a-key-for-this-test-only';

  beforeAll(async () => {
    server = await startServer();
    probe = await Probe.start(server);
    const { client } = probe;
    pages = createServer({ services: { store: client.store, client }, keys: [{ name: 'local', key: KEY }] });
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
        const { seen, final } = child ?? {};
        const study = seen?.state as StudyState | undefined;
        if (study) news.push(`${study.status} ${study.counts.complete + study.counts.pruned} ${String(final)}`);
        if (closed) return study;
      }
      return undefined;
    })();

    // A program pauses it, a person grows it and lets it go on.
    const here = `/runs/${ID}%2Ftune`;
    const trials = async (): Promise<number> => {
      const answer = (await (await fetch(`${url}/api${here}`)).json()) as { study?: { trials: unknown[] } };
      return answer.study?.trials.length ?? 0;
    };
    await eventually(trials).toBeGreaterThan(1);
    const paused = await fetch(`${url}/api${here}/study`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'pause', why: 'to look at it' }),
    });
    expect(await paused.json()).toEqual({ run: `${ID}/tune`, action: 'pause', by: 'local' });
    await signIn(page, url, KEY, here);
    const facts = (): Promise<string | null> => page.locator('[data-part="section study"] .facts').textContent();
    await eventually(facts).toContain('paused');
    await page.getByText('More trials …').click();
    await page.fill('#study-trials', '2');
    await page.getByRole('button', { name: 'Add them' }).click();
    await eventually(facts).toMatch(/of\s+11/);
    await page.getByText('Go on …').click();
    await page.getByRole('button', { name: 'Begin trials again' }).click();
    await eventually(facts).toContain('searching');

    // Rows come while it runs, newest first.
    await eventually(() => page.locator('#trials tbody tr').count()).toBeGreaterThan(2);
    const details = await currentDetails(temporal);
    expect(details).toMatch(/\*\*tune\*\* of climb\.train searching: \d+ of 11 trials/);
    expect(details).toMatch(/trial +state +out\.score +time +parameters/);
    const numbers = (await column('Trial')).map(Number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));

    const study = await watched;
    expect(study).toMatchObject({
      status: 'done',
      counts: { running: 0 },
      changes: [{ by: 'local', why: 'to look at it' }, {}, {}],
    });
    expect(news.some((one) => one.startsWith('searching'))).toBe(true);
    expect(news.at(-1)).toBe('done 11 true');
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
