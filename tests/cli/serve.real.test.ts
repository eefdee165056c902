import { request } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import { startTemporal, type TemporalService } from '../../setup/index.js';
import { interrupt, STACK, TestProject } from './harness.js';

const KEY = 'a-key-for-this-test-only';

let temporal: TemporalService;
const projects: TestProject[] = [];

beforeAll(async () => {
  temporal = await startTemporal({ uiPort: false, searchAttributes: SEARCH_ATTRIBUTES });
});

afterAll(async () => {
  for (const project of projects) await project.remove();
  await temporal?.stop();
});

function make(address: string, server = ''): TestProject {
  const project = new TestProject(
    `import { defineConfig } from 'trainyard';
export default defineConfig({ pipelines: ['./pipelines/*.ts'], temporal: { address: '${address}' }, ${server} });
`,
  );
  projects.push(project);
  return project;
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** By hand: fetch sets the host itself. */
function ask(url: string, headers: Record<string, string> = {}, body?: string): Promise<Reply> {
  return new Promise((done, failed) => {
    const sent = request(url, { method: body === undefined ? 'GET' : 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        done({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
      );
    });
    sent.on('error', failed).end(body);
  });
}

describe('trainyard worker alone', { timeout: 240_000 }, () => {
  it('whose code is not that of the disk: a run says so and starts nothing, unless it asks for what is served', async () => {
    const project = make(temporal.address, `name: 'behind', plugins: ['./nodes/toy']`);
    const edited = (n: number): void =>
      project.write(
        'pipelines/edited.ts',
        `import { pipeline } from 'trainyard';\nimport { make } from '../nodes/toy/index.js';\nexport default pipeline('edited', {}, () => make({ n: ${n} }));\n`,
      );
    edited(1);
    const worker = project.start(['worker']);
    await worker.says(/listens/);
    expect((await project.run('run', 'edited', '--json')).out).toContain('"n":1}');
    edited(2);
    const ended = await project.run('run', 'edited', '--id', 'behind', '--json');
    expect([ended.code, ended.out]).toEqual([1, expect.stringContaining('TY-CODE-BEHIND') as string]);
    expect(ended.err).toContain('the workers serve other code than there is here');
    expect(ended.all).not.toMatch(STACK);
    expect((await project.run('show', 'behind')).err).toContain('[TY-RUN-UNKNOWN]');
    expect((await project.run('run', 'edited', '--served-code', '--json')).out).toContain('"n":1}');
    edited(1);
    expect((await project.run('run', 'edited', '--json')).out).toContain('"n":1}');
    await interrupt(worker);
  });
});

describe('trainyard serve', { timeout: 60_000 }, () => {
  it('serves pages and endpoints beside a Temporal that runs elsewhere, without dev, until Ctrl-C', async () => {
    const project = make(temporal.address, `server: { hosts: ['ML.example.org'] }`);
    const serve = project.start(['serve', '--port', '0', '--json']);
    await serve.says(/\}\n/);
    const { server, temporal: at } = JSON.parse(serve.said()) as { server: string; temporal: string };
    expect(at).toBe(temporal.address);
    expect(new URL(server).hostname).toBe('127.0.0.1');
    expect(await ask(server, { accept: 'text/html' })).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(JSON.parse((await ask(`${server}/v1/endpoints`)).text)).toEqual({ endpoints: [] });
    // An error as a page for people, as JSON for programs; a name of the configuration is one of the server's.
    expect((await ask(`${server}/runs/nothing`, { accept: 'text/html' })).text).toContain(
      '<h1>There is no run of this id.',
    );
    expect((await ask(`${server}/runs/nothing`)).text).toContain('"code":"TY-RUN-UNKNOWN"');
    expect((await ask(server, { host: 'ml.example.org' })).status).toBe(200);
    const wrong = await ask(server, { host: 'evil.example' });
    expect([wrong.status, wrong.type]).toEqual([421, 'application/problem+json; charset=utf-8']);
    expect(wrong.text).toMatch(/"code":"TY-HOST".*ml\.example\.org.*server\.hosts in temporal\.config\.ts/);
    const page = await ask(server, { host: 'evil.example', accept: 'text/html' });
    expect([page.status, page.text]).toEqual([
      421,
      expect.stringContaining('server.hosts in temporal.config.ts') as string,
    ]);
    // Other commands of the project find it.
    const predicted = await project.run('predict', 'nothing', '--row', '{"x": 1}');
    expect([predicted.code, predicted.err]).toEqual([2, expect.stringContaining('[TY-ENDPOINT-UNKNOWN]') as string]);
    expect(project.read('.trainyard/logs/server.log')).toContain('Server listening');
    const taken = await project.run('serve', '--port', new URL(server).port);
    expect([taken.code, taken.err]).toEqual([1, expect.stringContaining('[TY-PORT-IN-USE]') as string]);
    const nowhere = await project.run('serve', '--port', '0', '--host', '203.0.113.9');
    expect(nowhere.err).toContain('this machine has no address "203.0.113.9"');
    expect(nowhere.all).not.toMatch(STACK);
    const end = await interrupt(serve);
    expect([end.code, end.err]).toEqual([0, expect.stringContaining('ending') as string]);
    expect(await project.leftovers()).toEqual([]);
  });

  it('beyond this machine it refuses to start without keys, and asks for one for all but its health', async () => {
    const project = make(temporal.address);
    const refused = await project.run('serve', '--host', '0.0.0.0', '--port', '0');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('[TY-KEY]') as string]);
    expect(refused.err).toMatch(/other machines could reach this server, and there are no keys/);
    mkdirSync(path.join(project.folder, '.trainyard'), { recursive: true });
    writeFileSync(
      path.join(project.folder, '.trainyard', 'keys.json'),
      JSON.stringify({ keys: [{ name: 'ann', key: KEY }] }),
    );
    const serve = project.start(['serve', '--host', '0.0.0.0', '--port', '0']);
    const { port } = new URL((await serve.says(/Pages +(\S+)\n/))[1]!);
    const url = `http://127.0.0.1:${port}`;
    const json = { 'content-type': 'application/json' };
    expect((await ask(url)).status).toBe(401);
    expect((await ask(`${url}/v1/endpoints/x/predict`, json, '{}')).status).toBe(401);
    const known = { ...json, authorization: `Bearer ${KEY}` };
    expect((await ask(`${url}/v1/endpoints/x/predict`, known, '{}')).text).toContain('TY-ENDPOINT-UNKNOWN');
    expect((await ask(`${url}/v2/health/live`)).text).toBe('{"live":true}');
    expect((await ask(url, { host: 'evil.example' })).status).toBe(421);
    expect((await interrupt(serve)).code).toBe(0);
    expect(serve.said()).not.toContain(KEY);
  });

  it('says what is wrong with a port, and serves while Temporal is away', async () => {
    const project = make('127.0.0.1:1');
    for (const port of ['many', '65536']) {
      const ended = await project.run('serve', '--port', port);
      expect([ended.code, ended.err]).toEqual([2, expect.stringContaining(`"${port}" is no port`) as string]);
    }
    const serve = project.start(['serve', '--port', '0']);
    await serve.says(/Temporal does not answer at 127\.0\.0\.1:1/);
    const url = (await serve.says(/Pages +(\S+)\n/))[1]!;
    expect((await ask(`${url}/v2/health/ready`)).text).toBe('{"ready":true}');
    expect((await interrupt(serve)).code).toBe(0);
  });
});
