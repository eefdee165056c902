import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import { startServer } from '../matrix/harness.js';
import type { History } from './histories.js';
import { quietRuntime, replay } from './replay.js';
import type { chains, Step } from './turns-workflow.js';

test('answers of Local Activities come to the steps that asked for them when a run is replayed, whenever they came', async () => {
  quietRuntime();
  const server = await startServer();
  const [connection, native] = await Promise.all([
    Connection.connect({ address: server.address }),
    NativeConnection.connect({ address: server.address }),
  ]);
  try {
    const { code } = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('turns-workflow.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
    const worker = await Worker.create({
      connection: native,
      taskQueue: 'turns',
      workflowBundle: { code },
      activities: { echo: async (name: string, ms: number) => wait(ms, name) },
    });
    const random = randomFrom(1);
    const client = new Client({ connection });
    await worker.runUntil(async () => {
      for (let draw = 0; draw < 8; draw++) {
        const plan = Array.from({ length: 6 }, () =>
          Array.from({ length: 3 }, (): Step => [random.integer(60), random.integer(30)]),
        );
        const workflowId = randomUUID();
        const run = await client.workflow.start<typeof chains>('chains', {
          taskQueue: 'turns',
          workflowId,
          args: [plan],
        });
        expect(await run.result()).toHaveLength(6 * 3 + 1);
        const failed = await replay(code, [{ name: `draw ${draw}`, history: (await run.fetchHistory()) as History }]);
        expect(Object.fromEntries(failed)).toEqual({});
      }
    });
  } finally {
    await native.close();
    await connection.close();
    await server.stop();
  }
});
