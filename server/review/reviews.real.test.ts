import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { reviewActivities } from '../../activities/review/activities.js';
import type { JsonKind, Ref } from '../../core/kinds.js';
import type { ReviewQueue } from '../../core/review-queue.js';
import { findChromium, startTemporal, type TemporalService } from '../../setup/index.js';
import { Artifacts, FileStore } from '../../store/index.js';
import { REVIEW, type ReviewInput, type ReviewSpec } from '../../workflows/review/contract.js';
import { createServer, listen } from '../index.js';

const KEY = 'ty_a-key-for-this-test-only';
const taskQueue = 'review-test';
const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-reviews-'));
const shots = process.env['TRAINYARD_SCREENSHOTS'];
const store = new FileStore(path.join(folder, 'store'));

let temporal: TemporalService;
let connection: Connection;
let native: NativeConnection;
let client: Client;
let app: FastifyInstance;
let url: string;
let worker: Worker;
let working: Promise<void>;
let browser: Browser;

async function startWorker(): Promise<void> {
  worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('../../tests/bundles/review.ts', import.meta.url)),
    activities: reviewActivities({ store }),
    shutdownGraceTime: '1s',
  });
  working = worker.run();
}

async function startServer(port = 0): Promise<void> {
  app = createServer({
    services: { store, client: { temporal: client, taskQueue } },
    keys: [{ name: 'local', key: KEY }],
  });
  url = await listen(app, { port });
}

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await startTemporal({ uiPort: false });
  connection = await Connection.connect({ address: temporal.address });
  native = await NativeConnection.connect({ address: temporal.address });
  client = new Client({ connection });
  await Promise.all([startWorker(), startServer()]);
  const found = await findChromium();
  browser = await chromium.launch({ executablePath: found.path, args: [...found.args], env: found.env });
});

afterAll(async () => {
  await browser?.close();
  await app?.close();
  worker?.shutdown();
  await working;
  await native?.close();
  await connection?.close();
  await temporal?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const LABELS = ['Adelie', 'Chinstrap', 'Gentoo'];

async function startReview(name: string, items: number, more: Partial<ReviewSpec> = {}, continueAfter?: number) {
  const queue: ReviewQueue = {
    format: 1,
    label: 'species',
    labels: LABELS,
    columns: [
      { name: 'island', type: 'text' },
      { name: 'bill_length_mm', type: 'number' },
      { name: 'sex', type: 'text' },
    ],
    items: Array.from({ length: items }, (_, index) => ({
      row: `${name} ${index}`,
      given: LABELS[index % 3]!,
      suggested: LABELS[(index + 1) % 3]!,
      suggestedProbability: 0.9,
      givenProbability: 0.05,
      why: ['suspect'],
      cells: { island: '<b>Dream</b>', bill_length_mm: 40 + index / 10, sex: index % 2 === 0 ? null : 'female' },
    })),
  };
  const ref = (await new Artifacts(store).write('json', {
    value: { items, name },
    files: { 'queue.json': JSON.stringify(queue) },
  })) as Ref<JsonKind>;
  const args: ReviewSpec = {
    queue: ref,
    items,
    label: 'species',
    labels: LABELS,
    reviewers: 1,
    guideline: '# How to tell them apart\n\n- **Gentoo**: flippers over 200 mm\n- Adelie: `bill_length_mm` under 42',
    byDefault: 'keep',
    leaseMs: 60_000,
    askAgain: false,
    ...more,
  };
  const run = { id: 'penguins-1', lineage: 'penguins-1', pipeline: 'penguins', seed: 0, cause: null };
  const input: ReviewInput = {
    args,
    run,
    name,
    scope: name,
    ...(continueAfter === undefined ? {} : { continueAfter }),
  };
  const handle = await client.workflow.start('label-review', {
    workflowId: `penguins-1/${name}`,
    taskQueue,
    args: [input],
  });
  return { handle, id: handle.workflowId, api: `/api/reviews/${encodeURIComponent(handle.workflowId)}` };
}

interface Reply {
  status: number;
  body: {
    code?: string;
    open?: boolean;
    where?: { field?: string };
    settled: number;
    total: number;
    items: { item: number; row: string; given: string }[];
  };
}

async function call(at: string, body?: unknown, key: string | null = KEY): Promise<Reply> {
  const answer = await fetch(url + at, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Reply['body'] };
}

let sent = 0;
const answer = (item: number, label: string, reviewer = 'ann') => ({
  item,
  label,
  reviewer,
  ms: 800,
  requestId: `test ${sent++}`,
});

async function answersOf(ref: Ref<JsonKind>): Promise<{ finals: { label: string }[]; all: unknown[]; closed: string }> {
  return JSON.parse(await (await new Artifacts(store).open(ref)).text('answers.json'));
}

describe('the interface of a label review', () => {
  it('gives two people different rows, counts an answer that is sent twice once, and ends with what they said', async () => {
    const { handle, api, id } = await startReview('interface', 3);
    const ann = await call(`${api}/next?reviewer=ann&hold=2`);
    const bob = await call(`${api}/next?reviewer=bob&hold=2`);
    expect(ann.body.items.map(({ item }) => item)).toEqual([0, 1]);
    expect(bob.body.items.map(({ item }) => item)).toEqual([2]);
    expect(ann.body.items[0]).not.toHaveProperty('why');

    const first = answer(0, 'Gentoo');
    const replies = await Promise.all([1, 2, 3].map(() => call(`${api}/answers`, first)));
    expect(replies.map(({ status, body }) => [status, body.settled])).toEqual([1, 2, 3].map(() => [200, 1]));
    expect((await call('/api/reviews')).body).toMatchObject({ reviews: [{ id, items: 3, open: true }] });

    await call(`${api}/answers`, answer(1, 'Adelie'));
    await call(`${api}/answers`, answer(2, 'Chinstrap', 'bob'));
    const result = await answersOf(await handle.result());
    expect(result.finals.map(({ label }) => label)).toEqual(['Gentoo', 'Adelie', 'Chinstrap']);
    expect(result.all).toHaveLength(3);
    expect(result.closed).toBe('complete');
  });

  it('refuses with a reason: no key, a wrong label, a taken row, an unknown review, a closed one', async () => {
    const { api, handle } = await startReview('refusals', 2);
    const good = answer(0, 'Adelie');
    expect((await call(`${api}/answers`, good, null)).status).toBe(401);
    expect((await call(`${api}/answers`, good, 'ty_not-the-key-at-all')).status).toBe(401);
    expect((await call(`${api}/next?reviewer=ann`, undefined, null)).status).toBe(401);
    const wrong = await call(`${api}/answers`, { ...good, label: 'Emperor' });
    expect([wrong.status, wrong.body.code, wrong.body.where]).toEqual([409, 'TY-REVIEW-ANSWER', { field: 'label' }]);
    expect((await call(`${api}/answers`, { ...good, item: 'first' })).status).toBe(422);
    expect((await call(`${api}/answers`, good)).status).toBe(200);
    expect((await call(`${api}/answers`, answer(0, 'Gentoo', 'bob'))).status).toBe(409);
    expect((await call('/api/reviews/nothing/next?reviewer=ann')).status).toBe(404);
    await call(`${api}/answers`, answer(1, 'Adelie'));
    await handle.result();
    expect((await call(`${api}/answers`, answer(1, 'Gentoo'))).body.code).toBe('TY-REVIEW-UNKNOWN');
  });

  it('takes no answer before it is open, and says so; the interface waits for that moment', async () => {
    worker.shutdown();
    await working;
    const { api, handle } = await startReview('early', 1);
    // What is sent while nobody listens comes with the first task, in which the review begins.
    const request = { kind: 'answer', hold: 1, ...answer(0, 'Adelie') };
    const refused = handle.executeUpdate(REVIEW.requests, { args: [[request]] }).catch((error: Error) => error);
    const given = call(`${api}/answers`, answer(0, 'Gentoo'));
    await startWorker();
    expect(await refused).toMatchObject({ cause: { details: [[{ refused: { code: 'TY-REVIEW-OPENING' } }]] } });
    expect(await given).toMatchObject({ status: 200 });
    expect((await answersOf(await handle.result())).finals).toMatchObject([{ label: 'Gentoo' }]);
  });

  it('is found, not asked again, when an equal review was completed', async () => {
    const again = await startReview('refusals', 2);
    const result = await answersOf(await again.handle.result());
    expect(result.finals.map(({ label }) => label)).toEqual(['Adelie', 'Adelie']);
  });

  it('goes on over a restart of its worker, and says meanwhile that nobody answers', async () => {
    const { api, handle } = await startReview('restart', 2);
    await call(`${api}/answers`, answer(0, 'Adelie'));
    worker.shutdown();
    await working;
    const away = call(`${api}/answers`, { ...answer(1, 'Gentoo'), requestId: 'while away' });
    await startWorker();
    // Sent while nobody listened, and sent again: whichever came through, it counts once.
    await away;
    const reply = await call(`${api}/answers`, { ...answer(1, 'Gentoo'), requestId: 'while away' });
    expect([200, 404]).toContain(reply.status);
    expect((await answersOf(await handle.result())).all).toHaveLength(2);
  });

  it('keeps each acknowledged answer exactly once while many answer at once and it continues as new', async () => {
    const { handle, api } = await startReview('many', 60, {}, 40);
    const first = (await handle.describe()).runId;
    const acknowledged: number[] = [];
    await Promise.all(
      Array.from({ length: 12 }, async (_, who) => {
        let reply = await call(`${api}/next?reviewer=person ${who}`);
        for (let [row] = reply.body.items; row; [row] = reply.body.items ?? []) {
          const { item } = row;
          reply = await call(`${api}/answers`, answer(item, LABELS[item % 3]!, `person ${who}`));
          expect(reply.status).toBe(200);
          acknowledged.push(item);
        }
      }),
    );
    const { finals, all } = await answersOf(await handle.result());
    expect((await handle.describe()).runId).not.toBe(first);
    expect(acknowledged.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, item) => item));
    expect(all).toHaveLength(60);
    expect(finals.map(({ label }) => label)).toEqual(Array.from({ length: 60 }, (_, item) => LABELS[item % 3]));
  });

  it('closes at the deadline, and says which rows nobody answered for', async () => {
    const { handle, api } = await startReview('deadline', 3, { deadlineMs: 6_000 });
    expect((await call(`${api}/answers`, answer(2, 'Adelie'))).status).toBe(200);
    const result = await answersOf(await handle.result());
    expect(result.closed).toBe('deadline');
    expect(result.finals).toEqual([
      { item: 0, label: null, how: 'unanswered' },
      { item: 1, label: null, how: 'unanswered' },
      { item: 2, label: 'Adelie', how: 'agreed' },
    ]);
  });
});

describe('the page of a label review', () => {
  async function openPage(id: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) faults.push(`a request to ${request.url()}`);
    });
    Object.assign(page, { faults });
    await page.goto(`${url}/sign-in#key=${KEY}&to=/reviews/${encodeURIComponent(encodeURIComponent(id))}`);
    await page.waitForURL(/\/reviews\//);
    return page;
  }
  const shown = (page: Page, text: string) => page.waitForSelector(`#row p >> text="${text}"`);
  const faultsOf = (page: Page): string[] => (page as unknown as { faults: string[] }).faults;
  const shoot = async (page: Page, name: string): Promise<void> => {
    if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
  };

  it('is worked by keyboard alone: 30 rows, an undo, a note, and the review ends with exactly those answers', async () => {
    const { id, handle } = await startReview('page', 30);
    const page = await openPage(id);
    await page.fill('#reviewer', 'Ann');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#row table');
    await shoot(page, 'review');
    expect(await page.textContent('#row')).toContain('<b>Dream</b>');
    const said: string[] = [];
    for (let row = 0; row < 30; row++) {
      await shown(page, `Row page ${row}`);
      if (row === 5) {
        await page.keyboard.press('u');
        await shown(page, 'Row page 4, again: you said “Adelie”');
        await shoot(page, 'review-undo');
        await page.keyboard.press('3');
        said[4] = 'Gentoo';
        await shown(page, 'Row page 5');
      }
      if (row === 7) {
        await page.keyboard.press('n');
        await page.keyboard.type('the bill is 2 mm short');
        await page.keyboard.press('Escape');
      }
      await page.keyboard.press(String((row % 2) + 1));
      said[row] = LABELS[row % 2]!;
    }
    await page.waitForSelector('text=All done, thank you');
    await shoot(page, 'review-done');
    const { finals, all } = await answersOf(await handle.result());
    expect(finals.map(({ label }) => label)).toEqual(said);
    expect(all).toHaveLength(31);
    expect(all).toContainEqual(expect.objectContaining({ item: 7, note: 'the bill is 2 mm short', reviewer: 'Ann' }));
    expect(faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  it('shows no row twice when one goes back while a reply is on its way', async () => {
    const { id, handle } = await startReview('going back', 3);
    const page = await openPage(id);
    await page.route('**/answers', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await route.continue();
    });
    await page.fill('#reviewer', 'Cem');
    await page.keyboard.press('Enter');
    await shown(page, 'Row going back 0');
    await page.keyboard.press('1');
    await shown(page, 'Row going back 1');
    await page.keyboard.press('u');
    await page.waitForSelector('#mine:has-text("1 by you")');
    await page.keyboard.press('2');
    await shown(page, 'Row going back 1');
    await page.keyboard.press('1');
    await shown(page, 'Row going back 2');
    await page.keyboard.press('1');
    const { finals, all } = await answersOf(await handle.result());
    expect(finals.map(({ label }) => label)).toEqual(['Chinstrap', 'Adelie', 'Adelie']);
    expect(all).toHaveLength(4);
    expect(await page.textContent('#message')).toBe('');
    await page.context().close();
  });

  it('keeps an answer that is given while the server is away, and sends it when it is back', async () => {
    const { id, handle } = await startReview('away', 2);
    const page = await openPage(id, { colorScheme: 'dark', viewport: { width: 390, height: 800 } });
    await page.fill('#reviewer', 'Bob');
    await page.click('text=Start');
    await page.waitForSelector('#row table');
    await shoot(page, 'review-phone-dark');
    const port = Number(new URL(url).port);
    await app.close();
    await page.click('#labels button:has-text("Gentoo")');
    await page.waitForSelector('text=not saved yet');
    await shoot(page, 'review-server-away');
    await startServer(port);
    await page.click('#labels button:has-text("Adelie")');
    const { finals } = await answersOf(await handle.result());
    expect(finals.map(({ label }) => label)).toEqual(['Gentoo', 'Adelie']);
    await page.context().close();
  });
});
