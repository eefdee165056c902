import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runElsewhere } from './elsewhere.test-part.js';
import { startTemporal, startValkey, type Service } from './index.js';
import { identify } from './process-identity.js';

let folder = '';
const running: Service[] = [];
const keep = <T extends Service>(service: T): T => (running.push(service), service);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-services-'));
});

afterAll(async () => {
  await Promise.all(running.map((service) => service.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function withClient<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** A program that starts a service and waits. */
async function startElsewhere(code: string): Promise<{ killHard: () => void; pid: number; port: number }> {
  const child = await runElsewhere(`const s = await setup.${code};
    console.log(JSON.stringify({ pid: s.pid, port: s.port })); setInterval(() => {}, 1000);`);
  return { killHard: child.killHard, ...(JSON.parse(await child.firstLine) as { pid: number; port: number }) };
}

async function gone(pid: number, withinMs: number): Promise<boolean> {
  for (let waited = 0; waited < withinMs; waited += 50) {
    if (!identify(pid)) return true;
    await sleep(50);
  }
  return false;
}

test('Temporal answers, has the search attributes, and its UI is served', async () => {
  const temporal = keep(
    await startTemporal({
      searchAttributes: { Pipeline: 'Keyword', Metric: 'Double' },
      logFile: join(folder, 't1.log'),
    }),
  );
  await withClient(temporal.address, async (client) => {
    const handle = await client.workflow.start('nobody', {
      workflowId: 'w',
      taskQueue: 'none',
      searchAttributes: { Pipeline: ['penguins'], Metric: [0.5] },
    });
    expect((await handle.describe()).searchAttributes).toMatchObject({ Pipeline: ['penguins'], Metric: [0.5] });
  });
  expect((await fetch(temporal.uiUrl ?? '')).status).toBe(200);
  await temporal.stop();
  expect(identify(temporal.pid)).toBeUndefined();
});

test('Temporal killed with -9 carries on where it was, on the same port and database', async () => {
  const options = {
    dbFile: join(folder, 'two', 't.db'),
    uiPort: false,
    searchAttributes: { Pipeline: 'Keyword' },
  } as const;
  const first = keep(await startTemporal(options));
  await withClient(first.address, (client) =>
    client.workflow.start('nobody', {
      workflowId: 'survivor',
      taskQueue: 'none',
      searchAttributes: { Pipeline: ['p'] },
    }),
  );
  process.kill(first.pid, 'SIGKILL');
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const second = keep(await startTemporal({ ...options, port: first.port }));
  const status = await withClient(second.address, (client) => client.workflow.getHandle('survivor').describe());
  expect(status.status.name).toBe('RUNNING');
  await expect(startTemporal(options)).rejects.toThrow(
    `already runs on ${options.dbFile}: process ${second.pid}, started by process ${process.pid}`,
  );
  await second.stop();
});

test('a server ends with the program that started it, killed with -9, and the next one takes over its data', async () => {
  const dir = join(folder, 'orphan');
  const dbFile = join(folder, 'orphan', 't.db');
  const [valkey, temporal] = await Promise.all([
    startElsewhere(`startValkey({ dir: ${JSON.stringify(dir)} })`),
    startElsewhere(`startTemporal({ uiPort: false, dbFile: ${JSON.stringify(dbFile)} })`),
  ]);
  const redis = new Redis(valkey.port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  await redis.connect();
  await redis.set('kept', 'yes');
  await withClient(`127.0.0.1:${temporal.port}`, (client) =>
    client.workflow.start('nobody', { workflowId: 'orphan', taskQueue: 'none' }),
  );
  valkey.killHard();
  temporal.killHard();
  const [valkey2, temporal2] = await Promise.all([
    startValkey({ dir, port: 0 }).then(keep),
    startTemporal({ dbFile, uiPort: false }).then(keep),
  ]);
  expect(identify(valkey.pid)).toBeUndefined();
  expect(identify(temporal.pid)).toBeUndefined();
  const again = new Redis(valkey2.port, '127.0.0.1');
  expect(await again.get('kept')).toBe('yes');
  again.disconnect();
  redis.disconnect();
  const found = await withClient(temporal2.address, (client) => client.workflow.getHandle('orphan').describe());
  expect(found.status.name).toBe('RUNNING');
});

test('a server of a killed program ends although nobody starts another', async () => {
  const valkey = await startElsewhere(`startValkey({})`);
  valkey.killHard();
  expect(await gone(valkey.pid, 10_000)).toBe(true);
});

test('a password is asked for, and shows neither in the list of processes nor on disk', async () => {
  const dir = join(folder, 'secret');
  const valkey = keep(await startValkey({ dir, password: 'open "sesame" \\o/' }));
  const stranger = new Redis(valkey.port, '127.0.0.1');
  stranger.on('error', () => undefined);
  await expect(stranger.get('x')).rejects.toThrow('NOAUTH');
  stranger.disconnect();
  const friend = new Redis(valkey.port, '127.0.0.1', { password: 'open "sesame" \\o/' });
  expect(await friend.ping()).toBe('PONG');
  friend.disconnect();
  if (process.platform === 'linux') expect(readFileSync(`/proc/${valkey.pid}/cmdline`, 'utf8')).not.toContain('sesame');
  await valkey.stop();
});

test('a port in use is told with the program that holds it', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => squatter.once('listening', resolve));
  const { port } = squatter.address() as AddressInfo;
  await expect(startTemporal({ port })).rejects.toMatchObject({
    code: 'TY-PORT-IN-USE',
    what: expect.stringMatching(
      process.platform === 'linux'
        ? `Port ${port}.* is in use by process ${process.pid} \\(`
        : `Port ${port}.* is in use`,
    ) as string,
  });
  squatter.close();
});

test('a server that does not start is told with the end of its log, and leaves nothing behind', async () => {
  const logFile = join(folder, 'bad.log');
  const options = { dbFile: join(folder, 'bad'), searchAttributes: { 'no=good': 'Keyword' }, logFile } as const;
  await expect(startTemporal({ ...options, binary: { path: '/bin/false' } })).rejects.toMatchObject({
    code: 'TY-SETUP',
  });
  await expect(startTemporal({ ...options, dbFile: folder })).rejects.toThrow(
    /did not start: it ended at once \(code 1\)/,
  );
});
