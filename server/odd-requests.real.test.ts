import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { engineActivities } from '../activities/run/engine.js';
import { reviewActivities } from '../activities/review/activities.js';
import { SEARCH_ATTRIBUTES } from '../core/search-attributes.js';
import { startTemporal, type TemporalService } from '../setup/index.js';
import { FileStore } from '../store/index.js';
import { describedRoutes, lacks, sentBy } from './http-page.test-part.js';
import { createServer, listen, type RouteModule, type ServerOptions } from './index.js';
import { KEY, NEARLY, nested, odd, type Odd } from './odd-requests.test-part.js';
import { predictRoutes } from './predict/index.js';
import { oneOfEachKind } from './stage.test-part.js';

const taskQueue = 'odd-test';
const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-odd-'));
const store = new FileStore(path.join(folder, 'store'));

let temporal: TemporalService;
let connection: Connection;
let native: NativeConnection;
let client: Client;
let worker: Worker;
let working: Promise<void>;
let app: FastifyInstance;
let url: string;
let digest: string;
const logged: string[] = [];
const routes: { readonly method: string; readonly url: string }[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await startTemporal({ uiPort: false, searchAttributes: SEARCH_ATTRIBUTES });
  connection = await Connection.connect({ address: temporal.address });
  native = await NativeConnection.connect({ address: temporal.address });
  client = new Client({ connection });
  worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('../tests/bundles/server.ts', import.meta.url)),
    activities: { ...engineActivities(store), ...reviewActivities({ store }) },
    shutdownGraceTime: '1s',
  });
  working = worker.run();
  digest = await oneOfEachKind(client, taskQueue, store);
  app = server({ log: keep });
  app.addHook('onRoute', ({ method, url: at }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url: at });
  });
  url = await listen(app);
  await vi.waitFor(async () => expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200), {
    timeout: 120_000,
    interval: 200,
  });
});

afterAll(async () => {
  await app?.close();
  worker?.shutdown();
  await working;
  await native?.close();
  await connection?.close();
  await temporal?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Lines of the level `error` and above. */
const faultsLogged = (): string[] =>
  logged.filter((line) => ['error', 'fatal'].includes((JSON.parse(line) as { level: string }).level));

const keep = new Writable({
  write(chunk: Buffer, _encoding, done) {
    logged.push(chunk.toString());
    done();
  },
});

function server(options: Partial<ServerOptions> = {}): FastifyInstance {
  return createServer({
    services: { store, client: { temporal: client, taskQueue }, temporalUi: 'http://127.0.0.1:9' },
    keys: [{ name: 'local', key: KEY }],
    routes: [predictRoutes({ stateFolder: path.join(folder, 'state'), pollMs: 60_000 })],
    ...options,
  });
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sent by hand: fetch mends what is odd. */
function send(at: string, method: string, headers: Record<string, string>, text: string | undefined): Promise<Reply> {
  return new Promise((done, failed) => {
    const sent = request(url + at, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', failed);
      const { statusCode: status = 0, headers: said } = response;
      response.on('end', () => done({ status, headers: said, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', (error) => failed(new Error(`${method} ${at}`, { cause: error })));
    sent.end(text);
  });
}

async function ask({ route, method, ids, query, nearly, body: any, type, headers }: Odd): Promise<[string, Reply]> {
  const { method: usual, url: pattern } = routes[route % routes.length]!;
  let next = 0;
  const at = pattern.replace(/:\w+|\*/g, () => ids[next++]!.replace('DIGEST', digest)) + query;
  const how = method ?? usual;
  const fitting = nearly === undefined ? undefined : NEARLY[pattern.split('/').at(-1) ?? ''];
  const text = fitting?.[(nearly ?? 0) % fitting.length] ?? any;
  const sends = how !== 'GET' && how !== 'HEAD' && text !== undefined;
  const entity: Record<string, string> = sends
    ? {
        ...(type === undefined ? {} : { 'content-type': `application/${type}` }),
        ...(headers['transfer-encoding'] ? {} : { 'content-length': String(Buffer.byteLength(text)) }),
      }
    : {};
  const reply = await send(at, how, { ...entity, ...headers }, sends ? text : undefined);
  return [
    `${how} ${at.slice(0, 120)} ${sends ? text.slice(0, 200) : ''} ${JSON.stringify(headers).slice(0, 200)}`,
    reply,
  ];
}

/** Examples of docs/http.md that need what is not here: Redis, a failed node, a study, a monitor, a worker of a build. */
const ELSEWHERE = /\/(outcomes|recover|study|resume)$|^\/api\/monitors\/:name$/;

describe('docs/http.md', () => {
  it('shows what the server answers to its commands', async () => {
    const wrong: string[] = [];
    for (const { curl, route, kind, answer } of describedRoutes().filter((one) => !ELSEWHERE.test(one.route))) {
      const { method, at, headers, body } = sentBy(curl, KEY);
      const reply = await send(at.replace(/sha256-[0-9a-f]{64}/, digest), method, headers, body);
      if (kind === 'http') {
        if (`${reply.status} ${reply.headers.location}` !== answer) wrong.push(`${route}: ${reply.status}`);
      } else if (reply.status !== 200) wrong.push(`${route}: ${reply.status} ${reply.text.slice(0, 300)}`);
      else if (kind === 'json')
        wrong.push(...lacks(JSON.parse(answer), JSON.parse(reply.text)).map((what) => route + what));
      else if (kind === 'text' ? !reply.text.includes(answer) : !reply.headers['content-type']?.includes(kind))
        wrong.push(`${route}: ${reply.headers['content-type']} ${reply.text.slice(0, 100)}`);
    }
    expect(wrong).toEqual([]);
  });
});

/** What may pass by itself, and does so here: parts that this server was not given, or that are about to be there. */
const MAY_PASS = /"code":"(TY-REDIS-AWAY|TY-ENDPOINT-NOT-READY|TY-REVIEW-OPENING|TY-WORKER-NONE)"/;

describe('odd requests', () => {
  it('are none that the server makes a mistake about, whatever route, id, body, method or header', async () => {
    expect(routes.length).toBeGreaterThan(30);
    const rounds = Number(process.env['TRAINYARD_ODD'] ?? 1_200);
    const drawn = fc.sample(odd, { numRuns: rounds, seed: Number(process.env['TRAINYARD_SEED'] ?? 8) });
    const wrong: string[] = [];
    const statuses = new Map<number, number>();
    const one = async (): Promise<void> => {
      for (let next = drawn.pop(); next; next = drawn.pop()) {
        const [what, { status, text }] = await ask(next);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status >= 500 && !(status === 503 && MAY_PASS.test(text)))
          wrong.push(`${status} ${what} ${text.slice(0, 300)}`);
        if (status >= 400 && text.length > 20_000) wrong.push(`${text.length} characters for ${what}`);
      }
    };
    await Promise.all(Array.from({ length: 6 }, one));
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(faultsLogged()).toEqual([]);
    // Enough of them came through to where a route does something.
    expect(statuses.get(200)).toBeGreaterThan(rounds / 50);
  });

  const key = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  async function json(at: string, method = 'GET', text?: string): Promise<{ status: number; body: Problem }> {
    const { status, text: answer } = await send(at, method, key, text);
    return { status, body: JSON.parse(answer) as Problem };
  }

  it('a dead link to a call is told as such, and one of a run that Temporal forgot leads to its page', async () => {
    expect(await json('/runs/nothing/calls/n1/temporal')).toMatchObject({
      status: 404,
      body: { code: 'TY-RUN-UNKNOWN' },
    });
    const forgotten = await fetch(`${url}/runs/forgotten/calls/n1/temporal`, { redirect: 'manual' });
    expect([forgotten.status, forgotten.headers.get('location')]).toEqual([302, '/runs/forgotten#n1']);
  });

  it('routes of reviews, studies and approvals asked about an id of another kind say what it is not', async () => {
    const answer = '{"item": 0, "label": "adelie", "reviewer": "ann", "ms": 1, "requestId": "r"}';
    const review = { status: 404, body: { code: 'TY-REVIEW-UNKNOWN' } };
    for (const id of ['model%2Fodd-test%2Fpenguins', 'penguins-1', 'nothing']) {
      expect(await json(`/api/reviews/${id}`)).toMatchObject(review);
      expect(await json(`/api/reviews/${id}/answers`, 'POST', answer)).toMatchObject(review);
    }
    const decision = { status: 409, body: { code: 'TY-DECISION' } };
    const steered = await json('/api/runs/penguins-2%2Flabels/study', 'POST', '{"action": "pause"}');
    expect(steered).toMatchObject(decision);
    const approved = await json(
      '/api/runs/model%2Fodd-test%2Fpenguins/approvals',
      'POST',
      '{"name": "release", "approved": true}',
    );
    expect(approved).toMatchObject(decision);
    // What lasts beyond runs is not ended by a wrong id.
    expect(await json('/api/runs/model%2Fodd-test%2Fpenguins/cancel', 'POST', '{}')).toMatchObject(decision);
    expect(await json('/api/models/penguins')).toMatchObject({ status: 200 });
  });

  it('bodies that are very deep, poisoned or no JSON are refused in words that fit', async () => {
    const cases: [string, number, string][] = [
      [nested(500_000), 400, 'nested too deeply'],
      [`{"rows": ${nested(101)}}`, 400, 'nested too deeply'],
      [`{"rows": "${'['.repeat(500)}\\"["}`, 422, 'rows is no list'],
      ['{"row": {"__proto__": 1}}', 400, 'has a field called "__proto__"'],
      ['{"row": {"\\u005f_proto__": 1}}', 400, 'has a field called "__proto__"'],
      ['{"row": {"mass": "__proto__ \\u005f"}}', 422, 'must be a number'],
      ['{"rows": [', 400, 'is not JSON'],
      ['', 400, 'it is empty'],
      [`"${'x'.repeat(5_000_000)}"`, 413, 'larger than this request may be'],
    ];
    for (const [text, status, words] of cases) {
      const answer = await json('/v1/endpoints/penguins/predict', 'POST', text);
      expect([answer.status, answer.body.detail]).toEqual([status, expect.stringContaining(words) as string]);
    }
  });

  it('unknown fields with names of megabytes, or by the thousand, get a short answer with one suggestion', async () => {
    const name = 'x'.repeat(3_000_000);
    const rows = Object.fromEntries([
      ['mas', 1],
      ...Array.from({ length: 100_000 }, (_, i) => [`mass${i}`, 1] as const),
    ]);
    const outcome = { requestId: 'r', label: name };
    const tensor = { name, shape: [1], datatype: 'FP64', data: [1] };
    const asked: [string, unknown][] = [
      ['/v1/endpoints/penguins/predict', { row: { [name]: 1 } }],
      ['/v1/endpoints/penguins/predict', { [name]: 1 }],
      ['/v1/endpoints/penguins/predict', { row: rows }],
      ['/v1/endpoints/penguins/outcomes', outcome],
      ['/v2/models/penguins/infer', { inputs: [tensor] }],
      ['/api/runs/penguins-2/approvals', { name: name.slice(0, 900_000), approved: true }],
      ['/api/runs/penguins-2/approvals', { [name.slice(0, 900_000)]: true }],
      ['/api/runs/penguins-2/recover', { call: name.slice(0, 900_000), action: 'retry' }],
    ];
    for (const [at, given] of asked) {
      const { status, text } = await send(at, 'POST', key, JSON.stringify(given));
      expect([at, status, text.length < 20_000]).toEqual([at, 422, true]);
      if (given === asked[2]![1]) expect(text.match(/did you mean/g)).toHaveLength(1);
      else expect(text).not.toMatch(/did you mean/);
    }
  });

  it('who decides is the holder of the key, whatever the body says', async () => {
    const run = await client.workflow.start('ask', { workflowId: 'decided', taskQueue, args: [{ params: {} }] });
    const body_ = '{"name": "release", "approved": true, "by": "mallory", "why": "fine"}';
    const decided = await vi.waitFor(async () => {
      const answer = await json('/api/runs/decided/approvals', 'POST', body_);
      expect(answer.status).toBe(200);
      return answer.body;
    }, 10_000);
    expect(decided).toMatchObject({ by: 'local' });
    await run.result();
    const { text } = await send('/api/runs/decided', 'GET', key, undefined);
    expect(text).toContain('"by":"local"');
    expect(text).not.toContain('mallory');
  });

  it('a fault of the server is written to its log, and the answer says so without its text', async () => {
    const faulty: RouteModule = async (scope) => {
      scope.get('/faulty', async () => Promise.reject(new Error('a secret of ours')));
    };
    const lines: string[] = [];
    const log = new Writable({ write: (chunk: Buffer, _, done) => (lines.push(chunk.toString()), done()) });
    const other = server({ log, routes: [faulty] });
    const reply = await fetch(`${await listen(other)}/faulty`);
    const problem = await reply.text();
    expect([reply.status, problem]).toEqual([500, expect.stringContaining('written to the log of the server')]);
    expect(problem).not.toContain('a secret of ours');
    expect(lines.filter((line) => /a secret of ours.*"url":"\/faulty"/.test(line))).toHaveLength(1);
    await other.close();
  });

  it('a body that never comes is let go, and so is a header that never ends', async () => {
    const other = server({ requestMs: 200 });
    const { port } = new URL(await listen(other));
    const heard = (text: string): Promise<string> =>
      new Promise((done, failed) => {
        let all = '';
        const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
        socket.on('data', (chunk) => (all += chunk.toString()));
        socket.on('error', failed);
        socket.on('close', () => done(all));
      });
    const post = `POST /v1/endpoints/penguins/predict HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n`;
    expect(await heard(`${post}content-type: application/json\r\ncontent-length: 20\r\n\r\n{"row"`)).toMatch(/ 408 /);
    expect(await heard(`${post}x-`)).toMatch(/ 408 /);
    await other.close();
  });

  it('what is asked before the server ends is answered still', async () => {
    const steps = new EventEmitter();
    const slow: RouteModule = async (scope) => {
      scope.get('/slow', async () => {
        steps.emit('entered');
        await once(steps, 'go on');
        return { answered: true };
      });
    };
    const other = server({ routes: [slow] });
    const entered = once(steps, 'entered');
    const asked = fetch(`${await listen(other)}/slow`);
    await entered;
    const closed = other.close();
    steps.emit('go on');
    expect(await (await asked).json()).toEqual({ answered: true });
    await closed;
  });
});
