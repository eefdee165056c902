import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { Redis } from 'ioredis';
import type { TrainyardClient } from '../../client/index.js';
import { endpointNode } from '../../plugins/deploy/worker.js';
import { endpointNode as monitorNode } from '../../plugins/monitor/worker.js';
import { startTemporal, startValkey } from '../../setup/index.js';
import { FileStore } from '../../store/index.js';
import { runNode, type RunNodeOptions } from '../../worker/testing/run-node.js';
import type { Implementation } from '../../worker/index.js';
import { peerPython } from '../peer-python.js';
import type { BareSettings } from './bare.js';
import type { LoadAsk, LoadFigures } from './load.js';
import { CATEGORICAL, csvOf, LABEL, makeRows, NUMERIC, trainModels } from './model.js';
import type { OursSettings } from './ours.js';
import { bundled, startProgram, type Started } from './program.js';
import type { WorkerSettings } from './worker.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const taskQueue = 'trainyard-bench';
/** First where the machine lets us: others have a share of its processors otherwise. */
const FIRST = process.getuid?.() === 0 ? ['nice', '-n', '-20'] : [];

/** Starts a program before all others on the machine. */
const startFirst = (command: string, args: readonly string[], ready: RegExp, env = {}): Promise<Started> => {
  const [program, ...rest] = [...FIRST, command, ...args];
  return startProgram(program!, rest, ready, env);
};

/** What is measured, and where it is asked. */
export interface Contender {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  body(rows: readonly object[]): string;
}

/** All that a measurement needs: real parts, contenders, a process for the load. */
export class Stage {
  readonly #ends: (() => unknown)[] = [];
  readonly contenders: Contender[] = [];
  readonly folder = mkdtempSync(path.join(tmpdir(), 'trainyard-bench-serve-'));
  #address = '';
  #redisUrl = '';

  /** Starts our server with its models, and the bare route; a profile of the server goes to a folder where one is given. */
  async startOurs(models: number, profile?: string): Promise<void> {
    const [temporal, valkey] = await Promise.all([
      startTemporal({ uiPort: false, dbFile: path.join(this.folder, 'temporal.db') }),
      startValkey({ dir: path.join(this.folder, 'valkey') }),
    ]);
    this.#ends.push(() => Promise.all([temporal.stop(), valkey.stop()]));
    [this.#address, this.#redisUrl] = [temporal.address, valkey.url];
    const settings: OursSettings = {
      address: this.#address,
      redisUrl: this.#redisUrl,
      store: path.join(this.folder, 'store'),
      state: path.join(this.folder, 'state'),
      taskQueue,
    };
    await this.#startWorker(settings);
    await this.#deploy(settings, models);
    const ours = await startFirst(
      process.execPath,
      [
        ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]),
        await bundled('ours'),
        JSON.stringify(settings),
      ],
      /at (http\S+)\n/,
    );
    this.#ends.push(() => ours.stop());
    const rows = (given: readonly object[]): string => JSON.stringify({ rows: given });
    for (const [name, endpoint] of [
      ['ours', 'birds'],
      ['ours, with its monitor', 'watched'],
      ['ours, LightGBM', 'trees'],
    ] as const)
      this.contenders.push({
        name,
        url: `${ours.says}/v1/endpoints/${endpoint}/predict`,
        pid: ours.pid,
        body: rows,
      });
    const body = rows([withoutLabel(makeRows(1, 3)[0]!)]);
    const response = await fetch(this.contenders[0]!.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`our server answers ${response.status}: ${JSON.stringify(answer)}`);
    const bare = await startFirst(
      process.execPath,
      [await bundled('bare'), JSON.stringify({ answer } satisfies BareSettings)],
      /at (http\S+)\n/,
    );
    this.#ends.push(() => bare.stop());
    this.contenders.push({ name: 'bare Fastify', url: `${bare.says}/predict`, pid: bare.pid, body: rows });
  }

  async #startWorker(settings: OursSettings): Promise<void> {
    const quiet = (): undefined => undefined;
    const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
    const { code } = await bundleWorkflowCode({ workflowsPath: path.join(here, 'workflows.ts'), logger });
    const bundle = path.join(this.folder, 'workflows.js');
    writeFileSync(bundle, code);
    const given = JSON.stringify({ ...settings, bundle } satisfies WorkerSettings);
    const worker = await startProgram(process.execPath, [await bundled('worker'), given], /it works/);
    this.#ends.push(() => worker.stop());
  }

  async #deploy({ address, redisUrl, store: folder }: OursSettings, models: number): Promise<void> {
    const store = new FileStore(folder);
    const connection = await Connection.connect({ address });
    const redis = new Redis(redisUrl);
    this.#ends.push(async () => {
      redis.disconnect();
      await connection.close();
    });
    const client: TrainyardClient = {
      temporal: new Client({ connection }),
      namespace: 'default',
      taskQueue,
      store,
      redis,
      close: () => connection.close(),
    };
    const { linear, trees, table } = await trainModels(csvOf(makeRows(3000, 1)), store);
    const run = (node: Implementation, options: RunNodeOptions): Promise<unknown> =>
      runNode(node, { ...options, store, host: { client: async () => client } });
    const names = ['birds', 'watched', ...Array.from({ length: Math.max(0, models - 3) }, (_, i) => `more-${i}`)];
    for (const name of names) await run(endpointNode, { params: { name }, inputs: { model: linear } });
    await run(endpointNode, { params: { name: 'trees' }, inputs: { model: trees } });
    const params = { name: 'watched', window: 40, every: 1000 };
    await run(monitorNode, { params, inputs: { model: linear, reference: table } });
  }

  /** Starts the peers in Python. */
  async startPeers(which: readonly string[]): Promise<void> {
    const python = peerPython('serving', [path.join(here, 'peers/requirements.txt')], '900 MB');
    const source = path.join(this.folder, 'birds.csv');
    writeFileSync(source, csvOf(makeRows(3000, 1)));
    const models = path.join(this.folder, 'peers');
    mkdirSync(models);
    const columns = [NUMERIC.join(','), CATEGORICAL.join(',')];
    const made = [path.join(here, 'peers/make_models.py'), source, models, ...columns, LABEL];
    await startProgram(python, ['-c', RUN, ...made], /made it/).then((one) => one.stop());
    const env = {
      BENCH_FOLDER: models,
      BENCH_NUMERIC: columns[0]!,
      BENCH_CATEGORICAL: columns[1]!,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      // One request at a time: threads of its own would only wait for each other.
      OMP_NUM_THREADS: '1',
      OPENBLAS_NUM_THREADS: '1',
    };
    if (which.includes('fastapi')) {
      const args = ['-m', 'uvicorn', '--app-dir', path.join(here, 'peers'), 'fastapi_app:app', '--port', '0'];
      const peer = await startFirst(python, [...args, '--no-access-log'], /Uvicorn running on (http\S+)/, env);
      this.#ends.push(() => peer.stop());
      const body = (rows: readonly object[]): string => JSON.stringify({ rows });
      this.contenders.push({ name: 'FastAPI with scikit-learn', url: `${peer.says}/predict`, pid: peer.pid, body });
    }
    if (which.includes('mlflow')) {
      const at = ['models', 'serve', '-m', path.join(models, 'mlflow'), '--env-manager', 'local', '--port', '7498'];
      const path_ = `${path.dirname(python)}:${process.env['PATH'] ?? ''}`;
      const peer = await startFirst(path.join(path.dirname(python), 'mlflow'), at, /Uvicorn running on (http\S+)/, {
        ...env,
        PATH: path_,
      });
      this.#ends.push(() => peer.stop());
      const body = (rows: readonly object[]): string => JSON.stringify({ dataframe_records: rows });
      this.contenders.push({ name: 'mlflow models serve', url: `${peer.says}/invocations`, pid: peer.pid, body });
    }
  }

  /** Load from a process of its own. */
  async load(ask: LoadAsk): Promise<LoadFigures> {
    const [program, ...args] = [...FIRST, process.execPath, await bundled('load')];
    const child = fork(args.at(-1)!, [], {
      execPath: program,
      execArgv: args.slice(0, -1),
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    try {
      return await new Promise<LoadFigures>((resolve, reject) => {
        child.once('message', (figures) => resolve(figures as LoadFigures));
        child.once('exit', (code) => reject(new Error(`the load ended with ${code}`)));
        child.send(ask);
      });
    } finally {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    }
  }

  async end(): Promise<void> {
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) await Promise.resolve(end()).catch(() => undefined);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Says when a program of Python is done, and stays until it is ended. */
const RUN = `import runpy, sys
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
print("made it", flush=True)
import time; time.sleep(60)`;

export function withoutLabel(row: Readonly<Record<string, unknown>>): object {
  const { [LABEL]: _, ...rest } = row;
  return rest;
}
