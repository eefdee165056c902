import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { build } from 'esbuild';
import type { PeerSettings } from './peer-worker.js';
import type { ByHand, chainByHand, mapByHand } from './peer-workflows.js';

const here = fileURLToPath(new URL('.', import.meta.url));

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

  close(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
