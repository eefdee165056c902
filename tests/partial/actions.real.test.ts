import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPipeline } from '../../client/run/runs.js';
import type { Digest } from '../../core/digest.js';
import { openingsOf } from '../../store/index.js';
import { createServer, listen } from '../../server/index.js';
import { findChromium, type TemporalService } from '../../setup/index.js';
import { Probe, startServer } from '../matrix/harness.js';

const KEY = 'ty_a-key-for-this-test-only';

/** What an operator does on the page of a run, in a browser, with its script and without. */
describe('actions on the run page', () => {
  let server: TemporalService;
  let probe: Probe;
  let app: FastifyInstance;
  let url: string;
  let browser: Browser;
  let context: BrowserContext;
  const faults: string[] = [];

  beforeAll(async () => {
    server = await startServer();
    probe = await Probe.start(server);
    const { store, temporal, taskQueue } = probe.client;
    app = createServer({ services: { store, client: { temporal, taskQueue } }, keys: [{ name: 'ada', key: KEY }] });
    url = await listen(app);
    const found = await findChromium();
    browser = await chromium.launch({ executablePath: found.path, args: [...found.args], env: found.env });
    context = await browser.newContext();
    await signedIn(context);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await probe?.close();
    await server?.stop();
  });

  async function signedIn(of: BrowserContext): Promise<void> {
    const reply = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: KEY }),
    });
    const [pair = ''] = (reply.headers.get('set-cookie') ?? '').split(';');
    const at = pair.indexOf('=');
    await of.addCookies([{ name: pair.slice(0, at), value: pair.slice(at + 1), url }]);
  }

  async function open(run: string, of = context): Promise<Page> {
    const page = await of.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${url}/runs/${run}`);
    return page;
  }

  /** A run whose node b fails at its first attempts and waits for an operator. */
  async function paused(id: string, times = 1) {
    probe.planFault(id, { label: 'b', moment: 'before', kind: 'user', times });
    return startPipeline(probe.client, {
      pipeline: 'linear',
      id,
      input: { params: { salt: id }, onFailure: 'pause', cause: { kind: 'person' } },
    });
  }

  it('tries a failed node again, with other parameters and a reason, by the keyboard alone', async () => {
    const run = await paused('retry-1');
    const page = await open('retry-1');
    await page.waitForSelector('text=probe.step failed and waits');
    await page.locator('summary', { hasText: 'Try again' }).focus();
    await page.keyboard.press('Enter');
    const params = page.getByLabel('Parameters, as JSON');
    await params.fill((await params.inputValue()).replace('"add": 1', '"add": 40'));
    await page.getByRole('textbox', { name: 'Why' }).fill('the step was too small');
    await page.keyboard.press('Enter');
    expect(await run.result()).toMatchObject({ outcome: 'done', result: { value: { n: 1 + 40 + 1 + 1 } } });
    await page.waitForSelector('[data-part=head] >> text=done');
    await page.waitForSelector('table.nodes >> text=retry by ada: the step was too small');
    await page.close();
  });

  it('says why a decision is refused, and takes a better one: a value in the place of the node', async () => {
    const run = await paused('skip-1');
    const page = await open('skip-1');
    await page.locator('summary', { hasText: 'Give a value' }).click();
    await page.getByLabel('Value, as JSON').fill('{n: 7}');
    await page.getByRole('textbox', { name: 'Why' }).fill('known from elsewhere');
    await page.click('text=Go on with this value');
    await page.waitForSelector('[role=alert] >> text=out is not JSON');
    // What was typed is there still.
    await page.getByLabel('Value, as JSON').fill('{"n": 7}');
    await page.click('text=Go on with this value');
    expect(await run.result()).toMatchObject({ result: { value: { n: 7 + 1 + 1 } } });
    await page.waitForSelector('table.nodes >> text=skip by ada: known from elsewhere');
    await page.close();
  });

  it('lets a node fail, and resumes the run that failed of it', async () => {
    const run = await paused('fail-1');
    const page = await open('fail-1');
    await page.locator('summary', { hasText: 'Let it fail' }).click();
    await page.getByRole('textbox', { name: 'Why' }).fill('nothing can be done');
    await page.locator('button', { hasText: 'Let it fail' }).click();
    await expect(run.result()).rejects.toThrow();
    await page.locator('summary', { hasText: 'Resume' }).click();
    await page.click('text=Resume this run');
    await page.waitForURL(/\/runs\/linear-/);
    await page.waitForSelector('[data-part=head] >> text=done');
    expect(await page.textContent('main')).toContain('resumes fail-1');
    const { cause, nodes } = await probe.graph(decodeURIComponent(new URL(page.url()).pathname.slice('/runs/'.length)));
    expect(cause).toEqual({ kind: 'resume', of: 'fail-1', by: 'ada' });
    expect(nodes[0]).toMatchObject({ node: 'probe.make', state: 'found' });
    await page.close();
  });

  it('asks why a sealed test set is opened again, and keeps the answer with the opening', async () => {
    const run = await startPipeline(probe.client, {
      pipeline: 'sealed',
      id: 'sealed-1',
      input: { params: { salt: 'sealed-1' }, cause: { kind: 'person' } },
    });
    const page = await open('sealed-1');
    await page.waitForSelector('text=the sealed test set was opened once before');
    await page.locator('summary', { hasText: 'Try again' }).click();
    await page.getByRole('textbox', { name: 'Why' }).fill('the first model had a bug');
    await page.keyboard.press('Enter');
    expect(await run.result()).toMatchObject({ outcome: 'done', result: { value: { before: 1 } } });
    const { nodes } = await probe.graph('sealed-1');
    const { digest } = nodes[0]!.outputs!['out']!;
    const openings = await openingsOf(probe.client.store, digest as Digest);
    expect(openings.map(({ reason, allowedBy }) => [reason, allowedBy])).toEqual([
      [undefined, undefined],
      ['the first model had a bug', 'ada'],
    ]);
    await page.close();
    const told = await probe.run('sealed', { salt: 'sealed-2', reason: 'as agreed' }, { id: 'sealed-2' });
    expect(told).toMatchObject({ result: { value: { before: 1 } } });
  });

  it('cancels a run after a second step', async () => {
    const run = await paused('cancel-1');
    const page = await open('cancel-1');
    expect(await page.isVisible('text=Cancel this run')).toBe(false);
    await page.locator('summary', { hasText: 'Cancel' }).click();
    await page.click('text=Cancel this run');
    await expect(run.result()).rejects.toThrow(/cancel/i);
    await page.waitForSelector('[data-part=head] >> text=cancelled');
    await page.close();
  });

  it('does all of that without a script, by forms alone, and shows what is wrong as a page', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false });
    await signedIn(plain);
    const run = await paused('plain-1', 2);
    const page = await open('plain-1', plain);
    for (let turn = 0; turn < 60 && !(await page.isVisible('text=failed and waits')); turn++) {
      await page.waitForTimeout(250);
      await page.reload();
    }
    await page.locator('summary', { hasText: 'Try again' }).click();
    await page.getByLabel('Parameters, as JSON').fill('{"add": ');
    await page.getByRole('textbox', { name: 'Why' }).fill('as it is');
    await page.locator('button', { hasText: 'Try again' }).click();
    await page.waitForSelector('text=params is not JSON');
    await page.goBack();
    await page.locator('summary', { hasText: 'Give a value' }).click();
    await page.getByLabel('Value, as JSON').fill('{"n": 3}');
    await page.locator('#n2-skip-why').fill('by hand');
    await page.click('text=Go on with this value');
    await page.waitForURL(`${url}/runs/plain-1`);
    expect(await run.result()).toMatchObject({ result: { value: { n: 5 } } });
    await plain.close();
  });

  it('offers nothing to who is not signed in, and takes nothing from other sites', async () => {
    const run = await paused('guarded-1');
    const guest = await browser.newContext();
    const page = await open('guarded-1', guest);
    await page.waitForSelector('text=Sign in to decide');
    expect(await page.locator('form').count()).toBe(0);
    const post = async (headers: Record<string, string>): Promise<number> => {
      const body = new URLSearchParams({ call: 'n2', decision: 'fail', why: 'x' });
      return (await fetch(`${url}/runs/guarded-1/actions/recover`, { method: 'POST', headers, body })).status;
    };
    const [cookie] = await context.cookies();
    const mine = { cookie: `${cookie!.name}=${cookie!.value}` };
    expect(await post({})).toBe(401);
    expect(await post({ ...mine, origin: 'null' })).toBe(401);
    expect(await post({ ...mine, origin: 'null', 'sec-fetch-site': 'cross-site' })).toBe(401);
    expect(await post({ ...mine, origin: 'null', 'sec-fetch-site': 'same-origin' })).toBe(200);
    await expect(run.result()).rejects.toThrow();
    await guest.close();
    expect(faults).toEqual([]);
  });
});
