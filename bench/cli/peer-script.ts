import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';

/** What the peer's program is started with, as its argument. */
export interface PeerSettings {
  readonly address: string;
  /** Workflow id of the one run. */
  readonly id: string;
  /** With it the program brings its own worker; otherwise one is there. */
  readonly workflows?: string;
  /** It is that worker, until it is killed, and runs nothing itself. */
  readonly stays?: boolean;
}

const noop = async (n: number): Promise<number> => n + 1;

async function main({ address, id, workflows, stays }: PeerSettings): Promise<void> {
  const connection = await Connection.connect({ address });
  const options = { taskQueue: 'by-hand-cold', workflowId: id, args: [1] as [number] };
  const start = () => new Client({ connection }).workflow.execute('once', options);
  if (workflows === undefined) await start();
  else {
    const native = await NativeConnection.connect({ address });
    const quiet = () => undefined;
    const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
    const workflowBundle = await bundleWorkflowCode({ workflowsPath: workflows, logger });
    const { taskQueue } = options;
    const worker = await Worker.create({ connection: native, taskQueue, workflowBundle, activities: { noop } });
    await (stays ? worker.run() : worker.runUntil(start));
    await native.close();
  }
  await connection.close();
}

await main(JSON.parse(process.argv[2] ?? '{}') as PeerSettings);
