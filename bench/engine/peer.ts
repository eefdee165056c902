import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { build } from 'esbuild';
import type { PeerSettings } from './peer-worker.js';
import type { ByHand, chainByHand, mapByHand, Shape, shapeByHand } from './peer-workflows.js';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A Workflow by hand that has failed, and its task that asked for the Activity that did. */
export interface FailedByHand {
  readonly workflowId: string;
  readonly runId: string;
  readonly task: NonNullable<
    Parameters<Client['workflowService']['resetWorkflowExecution']>[0]['workflowTaskFinishEventId']
  >;
}

/** Hand-written Workflows on plain Temporal, served by a process of their own as ours are. */
export class Peer {
  readonly #client: Client;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #runs = 0;

  static async start(client: Client, settings: Omit<PeerSettings, 'bundle'>): Promise<Peer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-by-hand-'));
    symlinkSync(path.join(here, '..', '..', 'node_modules'), path.join(folder, 'node_modules'));
    const quiet = () => undefined;
    const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
    const { code } = await bundleWorkflowCode({ workflowsPath: path.join(here, 'peer-workflows.ts'), logger });
    const bundle = path.join(folder, 'by-hand-workflows.js');
    writeFileSync(bundle, code);
    const program = path.join(folder, 'by-hand-worker.mjs');
    await build({
      entryPoints: [path.join(here, 'peer-worker.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'error',
    });
    const child = fork(program, [JSON.stringify({ ...settings, bundle } satisfies PeerSettings)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    await new Promise<void>((ready, failed) => {
      child.once('message', () => ready());
      child.once('exit', () => failed(new Error(`the worker of the peer ended:\n${said}`)));
    });
    return new Peer(client, child, folder);
  }

  private constructor(client: Client, child: ChildProcess, folder: string) {
    this.#folder = folder;
    this.#client = client;
    this.#child = child;
  }

  /** The process of its worker. */
  get pid(): number {
    return this.#child.pid ?? NaN;
  }

  /** Runs a shape and gives its result. */
  run(shape: 'chain' | 'map', how: ByHand, count: number): Promise<number> {
    const type = `${shape}ByHand`;
    const options = {
      taskQueue: 'by-hand',
      workflowId: `by-hand-${++this.#runs}`,
      args: [how, count] as [ByHand, number],
    };
    return this.#client.workflow.execute<typeof chainByHand | typeof mapByHand>(type, options);
  }

  /** Runs a shape that orchestrators are compared by, and gives its result. */
  runShape(shape: Shape, count: number): Promise<number> {
    return this.#client.workflow.execute<typeof shapeByHand>('shapeByHand', this.#shape(shape, count, false));
  }

  /** Runs a shape whose last node fails, to its end. */
  async failShape(shape: Shape, count: number): Promise<FailedByHand> {
    const options = this.#shape(shape, count, true);
    const handle = await this.#client.workflow.start<typeof shapeByHand>('shapeByHand', options);
    await handle.result().catch(() => undefined);
    const { events } = await handle.fetchHistory();
    const failed = events?.find(({ activityTaskFailedEventAttributes: of }) => of)?.activityTaskFailedEventAttributes;
    const scheduled = events?.find(({ eventId }) => String(eventId) === String(failed?.scheduledEventId));
    const task = scheduled?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId;
    if (!task) throw new Error(`no Activity of ${options.workflowId} has failed`);
    return { workflowId: options.workflowId, runId: handle.firstExecutionRunId, task };
  }

  /** Resumes it as Temporal does: the Workflow is reset to where it asked for what failed. */
  async reset({ workflowId, runId, task }: FailedByHand): Promise<number> {
    await this.#client.workflowService.resetWorkflowExecution({
      namespace: this.#client.options.namespace,
      workflowExecution: { workflowId, runId },
      reason: 'resume',
      workflowTaskFinishEventId: task,
      requestId: `reset-${++this.#runs}`,
    });
    return this.#client.workflow.getHandle<typeof shapeByHand>(workflowId).result();
  }

  #shape(shape: Shape, count: number, failing: boolean) {
    const args: Parameters<typeof shapeByHand> = [shape, count, failing];
    return { taskQueue: 'by-hand', workflowId: `by-hand-${++this.#runs}`, args };
  }

  close(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
