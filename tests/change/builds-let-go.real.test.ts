import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Routing } from '../../client/current-code.js';
import type { TrainyardClient } from '../../client/index.js';
import type { ProjectBase } from '../../project/project.js';
import type { TemporalService } from '../../setup/index.js';
import { FileStore } from '../../store/index.js';
import { WorkflowBuilds } from '../../worker/workflow-builds.js';
import { startServer } from '../matrix/harness.js';
import { quietRuntime } from './replay.js';
import type { chains } from './turns-workflow.js';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(24)) as [string, string, string];

describe('builds that no open run needs are let go, those in use stay', { timeout: 120_000 }, () => {
  let server: TemporalService;
  let connection: Connection;
  let native: NativeConnection;
  let code: string;
  beforeAll(async () => {
    quietRuntime();
    server = await startServer();
    connection = await Connection.connect({ address: server.address });
    native = await NativeConnection.connect({ address: server.address });
    const workflowsPath = fileURLToPath(new URL('turns-workflow.ts', import.meta.url));
    ({ code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }));
  });
  afterAll(async () => {
    await native?.close();
    await connection?.close();
    await server?.stop();
  });

  let folder: string;
  let client: TrainyardClient;
  const open: WorkflowBuilds[] = [];
  let queues = 0;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'trainyard-builds-'));
    mkdirSync(path.join(folder, 'build'));
    for (const buildId of [A, B, C]) writeFileSync(path.join(folder, 'build', `workflows-${buildId}.js`), code);
    client = {
      temporal: new Client({ connection }),
      namespace: 'default',
      taskQueue: `builds-${queues++}`,
      store: new FileStore(path.join(folder, 'store')),
      close: async () => undefined,
    };
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  const builds = (letGoAfterMs: number): WorkflowBuilds => {
    const made = new WorkflowBuilds({
      project: { build: path.join(folder, 'build') } as ProjectBase,
      connection: native,
      client,
      identity: 'test',
      activities: () => ({ echo: async (name: string, ms: number) => wait(ms, name) }),
      isRun: () => true,
      graceMs: 100,
      letGoAfterMs,
      tell: () => undefined,
      onFailure: (error) => {
        throw error;
      },
    });
    open.push(made);
    return made;
  };
  let runs = 0;
  const start = (ms: number) =>
    client.temporal.workflow.start<typeof chains>('chains', {
      taskQueue: client.taskQueue,
      workflowId: `${client.taskQueue}-${runs++}`,
      args: [[[[ms, 0]]]],
      // A Workflow task with a Local Activity in it is completed before the Activity when it takes longer.
      workflowTaskTimeout: '1 second',
    });

  it('a build is not let go while it is being made current, however long that takes', async () => {
    const made = builds(0);
    let making = true;
    const released: string[] = [];
    const tending = (async () => {
      for (; making; await wait(5)) released.push(...(await made.tend()));
    })();
    try {
      for (const buildId of [A, B, C]) await made.makeCurrent({ buildId, code });
    } finally {
      making = false;
      await tending;
    }
    expect(released).not.toContain(C);
    expect(await made.tend()).not.toContain(C);
    expect(await (await start(1)).result()).toHaveLength(2);
  });

  it('the former build stays while a run that began on it is open, and goes then', async () => {
    const made = builds(0);
    await made.makeCurrent({ buildId: A, code });
    const run = await start(10_000);
    while ((await run.describe()).historyLength < 4) await wait(50);
    await made.makeCurrent({ buildId: B, code });
    expect(await made.tend()).toEqual([]);
    expect(await run.result()).toHaveLength(2);
    const released: string[] = [];
    while (released.length === 0) released.push(...(await made.tend()));
    expect(released).toEqual([A]);
    expect(await (await start(1)).result()).toHaveLength(2);
  });

  it('a build that is current and that nobody serves is taken up', async () => {
    const first = builds(60_000);
    await first.makeCurrent({ buildId: A, code });
    const other = builds(60_000);
    await other.makeCurrent({ buildId: B, code });
    await Promise.all(open.splice(0, 2).map((one) => one.stop()));
    const made = builds(0);
    expect(await made.tend()).toEqual([]);
    expect((await new Routing(client).look()).buildId).toBe(B);
    expect(await (await start(1)).result()).toHaveLength(2);
  });
});
