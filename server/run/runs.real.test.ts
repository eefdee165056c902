import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { engineActivities } from '../../activities/run/engine.js';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import { findChromium, startTemporal, type TemporalService } from '../../setup/index.js';
import { Artifacts, endRun, FileStore, putGraph, startRun } from '../../store/index.js';
import { createServer, listen } from '../index.js';

const KEY = 'ty_a-key-for-this-test-only';
const taskQueue = 'pages-test';
const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-pages-'));
const shots = process.env['TRAINYARD_SCREENSHOTS'];
const store = new FileStore(path.join(folder, 'store'));
const artifacts = new Artifacts(store);

let temporal: TemporalService;
let connection: Connection;
let native: NativeConnection;
let client: Client;
let app: FastifyInstance;
let url: string;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await startTemporal({
    uiPort: false,
    searchAttributes: SEARCH_ATTRIBUTES,
  });
  connection = await Connection.connect({ address: temporal.address });
  native = await NativeConnection.connect({ address: temporal.address });
  client = new Client({ connection });
  app = createServer({
    services: { store, client: { temporal: client, taskQueue } },
    keys: [{ name: 'local', key: KEY }],
  });
  url = await listen(app);
  const found = await findChromium();
  browser = await chromium.launch({ executablePath: found.path, args: [...found.args], env: found.env });
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
});

afterAll(async () => {
  await browser?.close();
  await app?.close();
  await native?.close();
  await connection?.close();
  await temporal?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const faults: string[] = [];
async function open(at: string): Promise<Page> {
  const page = await context.newPage();
  await page.bringToFront();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) faults.push(`a request to ${request.url()}`);
  });
  await page.goto(url + at);
  return page;
}

const shoot = async (page: Page, name: string): Promise<void> => {
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
};

const begun = Date.UTC(2026, 10, 24, 9, 30);

/** A closed run as the engine records it: every state, a report, a plot, a sealed table, a map. */
async function recordedRun(id: string): Promise<GraphRecord> {
  const table = await artifacts.write('table', { value: { rows: 344 }, files: { 'data.parquet': 'PAR1' } });
  const sealed = await artifacts.write('sealed table', {
    value: { rows: 69 },
    files: { 'data.parquet': 'PAR1 sealed' },
  });
  const report = await artifacts.write('report', {
    value: { f1: 0.97 },
    files: {
      'report.html':
        '<!doctype html><h1>Final evaluation</h1><p id="x">F1 0.97</p><script>document.getElementById("x").textContent += " (drawn)"; fetch("/api/runs").catch(() => 0); try { parent.document.title = "taken"; } catch {}</script>',
    },
  });
  const plot = await artifacts.write('plot', {
    files: {
      'plot.svg':
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"><rect width="400" height="200" fill="#eef"/><path d="M10 180L150 90 260 120 390 20" stroke="#1f5f4c" fill="none" stroke-width="4"/></svg>',
    },
  });
  let at = begun;
  const node = (call: string, name: string, from: string[], more: Partial<GraphNode> = {}): GraphNode => ({
    call,
    node: name,
    kind: 'node',
    scope: '',
    inputs: from.map((of) => ({ port: 'table', from: of, fromPort: 'out' })),
    state: 'done',
    startedAt: (at += 400),
    endedAt: (at += 1700),
    worker: 'pool-cpu-1',
    device: 'cpu',
    attempt: 1,
    ...more,
  });
  const nodes = [
    node('n1', 'ingest.csv', [], { state: 'found', outputs: { out: table }, params: { source: 'penguins.csv' } }),
    node('n2', 'clean.table', ['n1'], { outputs: { out: table } }),
    node('n3', 'explore.profile', ['n2'], { outputs: { report, plot } }),
    node('n4', 'label-review', ['n2'], { kind: 'child', workflowId: `${id}/review`, summary: 'species' }),
    node('n5', 'split.stratified', ['n4'], { outputs: { train: table, test: sealed } }),
    ...Array.from({ length: 12 }, (_, trial) =>
      node(`t${trial}`, 'train.forest', ['n5'], { scope: `tune/trial ${trial}`, params: { trees: 100 + trial } }),
    ),
    node('n6', 'evaluate.final', [...Array.from({ length: 12 }, (_, trial) => `t${trial}`), 'n5'], {
      outputs: { report },
    }),
    node('n7', 'good enough', ['n6'], { kind: 'gate', decision: { passed: true, evidence: { f1: 0.97 } } }),
    node('n8', 'deploy.endpoint', ['n7'], {
      state: 'failed',
      attempt: 3,
      error: {
        code: 'TY-NODE-FAILED',
        message: 'the endpoint <penguins> did not answer',
        where: { node: 'deploy.endpoint' },
        remedy: 'look at the log of the node',
      },
    }),
    node('n9', 'monitor.start', ['n8'], { state: 'skipped' }),
  ];
  const graph: GraphRecord = {
    format: 1,
    run: id,
    pipeline: 'penguins',
    lineage: id,
    state: 'failed',
    params: { data: 'penguins.csv', trials: 12 },
    cause: { kind: 'person' },
    seed: 7,
    startedAt: begun,
    endedAt: at,
    nodes,
    result: { f1: 0.97 },
  };
  await startRun(store, {
    format: 1,
    id,
    lineage: id,
    pipeline: 'penguins',
    params: graph.params,
    seed: 7,
    cause: graph.cause,
    startedAt: new Date(begun).toISOString(),
  });
  await putGraph(store, id, graph as unknown as Json);
  await endRun(store, id, { status: 'failed', endedAt: new Date(at).toISOString() });
  return graph;
}

describe('pages of runs', () => {
  it('damaged records of a run: no page is answered 500, lists show the rest and name the file', async () => {
    const { run } = await recordedRun('damaged-run');
    await recordedRun('whole-run');
    const fileOf = (name: string): string => path.join(store.name, 'records', 'runs', run, name);
    for (const name of ['end', 'graph', 'start']) {
      const whole = readFileSync(fileOf(name));
      for (const body of ['', whole.subarray(0, whole.length / 2), '{"other":true}']) {
        writeFileSync(fileOf(name), body);
        for (const at of ['/', '/api/runs', `/runs/${run}`, `/api/runs/${run}`, `/runs/${run}/graph.svg`])
          expect((await fetch(url + at)).status, `${at} with a damaged ${name}`).toBeOneOf([200, 404]);
        const home = await (await fetch(`${url}/`)).text();
        const listed = (await (await fetch(`${url}/api/runs`)).json()) as { runs: { id: string }[] };
        expect(listed.runs.map(({ id }) => id)).toContain('whole-run');
        if (name === 'graph') continue;
        expect(home).toContain('trainyard scrub takes it out of use');
        expect(home).toContain(`records/runs/${run}/${name}`);
      }
      writeFileSync(fileOf(name), whole);
    }
    expect(await (await fetch(`${url}/`)).text()).not.toContain('trainyard scrub');
  });

  it('show a closed run that no worker and no Workflow is left of: graph, nodes, reports, plots', async () => {
    const graph = await recordedRun('penguins-20261124-093000-a1b2');
    const page = await open(`/runs/${graph.run}`);
    expect(await page.locator('.dag .box').count()).toBe(10);
    expect(await page.textContent('.dag')).toContain('train.forest × 12');
    expect(await page.locator('table.nodes tbody tr').count()).toBe(graph.nodes.length);
    expect(await page.textContent('#n8')).toContain('the endpoint <penguins> did not answer');
    await page.locator('details summary', { hasText: 'explore.profile' }).click();
    const frame = page.frameLocator('iframe.report').first();
    // The report's own script runs, but it reaches neither our server nor our page.
    await frame.locator('text=F1 0.97 (drawn)').waitFor();
    expect(await page.title()).toBe(`${graph.run} · Trainyard`);
    await shoot(page, 'run');
    expect(faults.filter((fault) => !/Content Security Policy|Failed to fetch|fetch.*api\/runs/i.test(fault))).toEqual(
      [],
    );
    faults.length = 0;
    await page.close();
  });

  it('list runs and what waits on the home page, in the dark and on a phone too', async () => {
    const page = await open('/');
    expect(await page.textContent('main')).toContain('penguins-20261124-093000-a1b2');
    await shoot(page, 'home');
    await page.setViewportSize({ width: 390, height: 800 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${url}/runs/penguins-20261124-093000-a1b2`);
    await shoot(page, 'run-phone-dark');
    // Nothing but tables and the graph, which scroll by themselves, is wider than the screen.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('a key that was entered before the script had come stood in the address', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((go) => (letGo = go));
    const page = await open('/');
    await page.route('**/sign-in.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${url}/sign-in?to=/`, { waitUntil: 'commit' });
    await page.waitForSelector('#key');
    await page.evaluate(`
      document.querySelector('#key').value = 'a-key';
      document.querySelector('#sign-in button').click();
    `);
    expect(await page.isDisabled('#key')).toBe(true);
    expect(page.url()).not.toContain('a-key');
    letGo();
    await page.fill('#key', KEY);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/`);
    await context.clearCookies();
    await page.close();
  });

  it('follow a run that goes on, and take a decision from a person who is signed in', async () => {
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('../../tests/bundles/approval.ts', import.meta.url)),
      activities: engineActivities(store),
      bundlerOptions: {},
    });
    await worker.runUntil(async () => {
      const handle = await client.workflow.start('ask', { workflowId: 'ask-1', taskQueue, args: [{ params: {} }] });
      const page = await open('/runs/ask-1');
      await page.waitForSelector('text=May this <model> be released?');
      await page.click('text=Sign in to decide');
      await page.fill('#key', KEY);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${url}/runs/ask-1`);
      await page.fill('input[name=why]', 'the figures are good');
      await shoot(page, 'run-approval');
      await page.click('text=Approve');
      await page.waitForSelector('#n1 >> text=yes');
      expect(await handle.result()).toMatchObject({ outcome: 'done', result: { released: true } });
      await page.waitForSelector('[data-part=head] >> text=done');
      expect(await page.textContent('#n1')).toContain('by local: the figures are good');
      await page.close();
    });
    // Closed, and its worker gone: the page is the same.
    const page = await open('/runs/ask-1');
    expect(await page.textContent('#n1')).toContain('by local: the figures are good');
    expect(faults).toEqual([]);
    await page.close();
  });

  it('say within a few seconds that no worker answers for an open run', async () => {
    await startRun(store, {
      format: 1,
      id: 'alone-1',
      lineage: 'alone-1',
      pipeline: 'ask',
      params: {},
      seed: 0,
      cause: { kind: 'person' },
      startedAt: new Date(begun).toISOString(),
    });
    const handle = await client.workflow.start('ask', { workflowId: 'alone-1', taskQueue: 'nobody', args: [{}] });
    const page = await open('/runs/alone-1');
    expect(await page.textContent('main')).toContain('no worker answers');
    await page.close();
    await handle.terminate();
  });
});

describe('pages without Temporal', () => {
  it('show what the store has, and say that this may not be the newest', async () => {
    const away = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
    const alone = createServer({ services: { store, client: { temporal: away, taskQueue } }, keys: [] });
    const at = await listen(alone);
    const shown = async (id: string): Promise<string> => (await fetch(`${at}/runs/${id}`)).text();
    await recordedRun('penguins-closed');
    expect(await shown('penguins-closed')).toMatch(/train\.forest × 12/);
    expect(await shown('penguins-closed')).not.toContain('does not answer');
    expect(await shown('alone-1')).toContain('Temporal does not answer');
    await alone.close();
    await away.connection.close();
  });
});

describe('artifacts', () => {
  it('are served by digest alone, as what they are, and sealed tables not at all', async () => {
    const graph = await recordedRun('penguins-20261124-093000-a1b2');
    const profile = graph.nodes[2]!.outputs!;
    const html = await fetch(`${url}/artifacts/${profile['report']!.digest}/report.html`);
    expect(html.status).toBe(200);
    expect(html.headers.get('content-security-policy')).toMatch(/^sandbox allow-scripts; default-src 'none'/);
    expect(html.headers.get('x-content-type-options')).toBe('nosniff');
    const again = await fetch(html.url, { headers: { 'if-none-match': html.headers.get('etag')! } });
    expect(again.status).toBe(304);

    const table = await fetch(`${url}/artifacts/${graph.nodes[1]!.outputs!['out']!.digest}/data.parquet`);
    expect(table.headers.get('content-disposition')).toContain('attachment');
    const { digest } = graph.nodes[4]!.outputs!['test']!;
    const sealed = await fetch(`${url}/artifacts/${digest}/data.parquet`);
    expect([sealed.status, ((await sealed.json()) as { code: string }).code]).toEqual([400, 'TY-WIRE-KIND']);
    for (const wrong of [
      '/artifacts/sha256-00/report.html',
      `/artifacts/${'sha256-'.padEnd(71, '0')}/report.html`,
      `/artifacts/${digest}/..%2F..%2Fetc%2Fpasswd`,
      `/artifacts/..%2F..%2Fkeys.json/x`,
    ]) {
      const reply = await fetch(url + wrong);
      expect([wrong, reply.status >= 400 && reply.status < 500]).toEqual([wrong, true]);
    }
  });
});

describe('the server', () => {
  it('a name with slashes leads to its address, and never off this server', async () => {
    const led = async (at: string): Promise<string | null> => {
      const reply = await fetch(url + at, { redirect: 'manual' });
      return reply.status === 302 ? reply.headers.get('location') : String(reply.status);
    };
    expect(await led('/runs/a/tune?sort=-score')).toBe('/runs/a%2Ftune?sort=-score');
    expect(await led('/runs/a/tune/trial.3/graph.svg')).toBe('/runs/a%2Ftune%2Ftrial.3/graph.svg');
    expect(await led('/api/runs/a/b/')).toBe('/api/runs/a%2Fb');
    expect(await led('/runs/')).toBe('404');
    expect(await led('/runs//evil.example/x')).toBe('/runs/%2Fevil.example%2Fx');
    expect(await led('/runs/a/%0d%0aset-cookie:x')).toBe('/runs/a%2F%0D%0Aset-cookie%3Ax');
    expect(await led('/runs/a%2Ftune')).toBe('404');
  });

  it('gives away nothing about its own mistakes, and refuses other hosts, sites and wrong keys', async () => {
    const unknown = await fetch(`${url}/api/runs/nothing`);
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await unknown.text()).not.toMatch(/at .*\.ts|node_modules/);
    // By hand: fetch sets these headers itself.
    const ask = (options: { path?: string; method?: string; headers: Record<string, string> }) =>
      new Promise<{ statusCode?: number | undefined }>((done, failed) => {
        const { path: where = '/api/runs', ...how } = options;
        const sent = request(`${url}${where}`, how, (response) => done(response.resume()));
        sent.on('error', failed).end();
      });
    expect((await ask({ headers: { host: 'evil.example' } })).statusCode).toBe(421);
    const session = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: KEY }),
    });
    const cookie = session.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    const cancel = (headers: Record<string, string>) =>
      ask({ method: 'POST', path: '/api/runs/nothing/cancel', headers: { host: new URL(url).host, ...headers } });
    const mine = cookie.split(';')[0]!;
    expect((await cancel({})).statusCode).toBe(401);
    expect((await cancel({ cookie: mine, 'sec-fetch-site': 'cross-site' })).statusCode).toBe(401);
    expect((await cancel({ cookie: mine, origin: 'http://evil.example' })).statusCode).toBe(401);
    expect((await cancel({ cookie: `${mine}x`, 'sec-fetch-site': 'same-origin' })).statusCode).toBe(401);
    expect((await cancel({ cookie: mine, 'sec-fetch-site': 'same-origin', origin: url })).statusCode).toBe(404);
    expect((await cancel({ authorization: `Bearer ${KEY}` })).statusCode).toBe(404);
  });
});
