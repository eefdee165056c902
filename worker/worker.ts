import { hostname } from 'node:os';
import path from 'node:path';
import { DefaultLogger, NativeConnection, Runtime, Worker, type LogLevel } from '@temporalio/worker';
import { engineActivities } from '../activities/engine.js';
import { nodeActivities, type Compute } from '../activities/run-node.js';
import { processActivities } from '../activities/processes.js';
import { connectTo, storeUrl, temporalAddress } from '../client/connect.js';
import { TrainyardError } from '../core/errors/index.js';
import { sayNearest } from '../core/nearest.js';
import { poolQueue, WORKFLOW_QUEUE } from '../core/queues.js';
import { readAddresses } from '../project/addresses.js';
import { nodeCodes, type NodeCode } from '../project/codes.js';
import type { Project } from '../project/project.js';
import { workflowBundle } from '../project/workflow-bundle.js';
import { openStore } from '../store/index.js';
import { libraryVersions } from './libraries.js';
import { lightCompute } from './light.js';
import { Slots } from './slots.js';

export interface WorkerOptions {
  readonly project: Project;
  /** Pools to serve. All of the configuration by default. */
  readonly pools?: readonly string[];
  /** Whether to serve Workflows too. Default true. */
  readonly workflows?: boolean;
  readonly log?: (level: LogLevel, message: string, meta: unknown) => void;
}

export interface RunningWorker {
  readonly identity: string;
  readonly buildId: string | undefined;
  /** Settles when the worker has ended: rejects when it failed. */
  readonly ended: Promise<void>;
  /** Lets what runs finish within a few seconds, then ends everything. */
  stop(): Promise<void>;
}

/** How long nodes may go on after the worker was told to stop. They are run again elsewhere then. */
const SHUTDOWN_GRACE_MS = 3_000;

/** Starts a worker for a project: its Workflows, and the slots of its pools. Resolves when it listens. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { project } = options;
  const log = options.log ?? ((level, message) => process.stderr.write(`${level.toLowerCase()}: ${message}\n`));
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => log(level, message, meta)),
    shutdownSignals: [],
  });
  const codes = await nodeCodes(project);
  const store = openStore(storeUrl(project));
  await store.probe();
  const connection = await connectWorker(project);
  const identity = `${hostname()}:${process.pid}`;
  const scratch = path.join(project.state, 'scratch');
  const slots = poolsToServe(options).map(
    ([name, pool]) =>
      new Slots(name, pool, {
        store: storeUrl(project),
        scratch,
        configFile: project.configFile,
        secrets: project.config.secrets,
      }),
  );
  const workers: Worker[] = [];
  let buildId: string | undefined;
  const client = await connectTo(project);
  if (options.workflows !== false) {
    const bundle = await workflowBundle(project, codes, readAddresses(project.state)?.server);
    buildId = bundle.buildId;
    workers.push(
      await Worker.create({
        connection,
        namespace: project.config.temporal.namespace,
        identity,
        taskQueue: WORKFLOW_QUEUE,
        workflowBundle: { code: bundle.code },
        activities: {
          ...engineActivities(store),
          ...processActivities({ client, store }),
        },
        shutdownGraceTime: SHUTDOWN_GRACE_MS,
      }),
    );
  }
  const light = lightCompute(store, scratch);
  for (const pool of slots) {
    const compute: Compute = async (task, hooks) => {
      const code = codeFor(codes, task.node, task.code);
      const spec = project.contracts.get(task.node)?.spec;
      if (spec?.light) return light(task, code, hooks);
      const running = pool.run(
        { type: 'run', task, module: code.module, exportName: code.exportName, attempt: hooks.attempt },
        hooks,
        spec?.resources?.memory,
      );
      const done = await running;
      return { outputs: done.outputs, ms: done.ms, device: running.device };
    };
    workers.push(
      await Worker.create({
        connection,
        namespace: project.config.temporal.namespace,
        identity,
        taskQueue: poolQueue(pool.name),
        activities: nodeActivities(
          { store, worker: identity, contracts: project.contracts, compute, libraries: libraryVersions() },
          codes.keys(),
        ),
        maxConcurrentActivityTaskExecutions: pool.count,
        shutdownGraceTime: SHUTDOWN_GRACE_MS,
        maxHeartbeatThrottleInterval: '2 seconds',
        defaultHeartbeatThrottleInterval: '2 seconds',
      }),
    );
    pool.warm();
  }
  const running = Promise.all(workers.map((worker) => worker.run()));
  const ended = running
    .then(() => undefined)
    .finally(async () => {
      for (const pool of slots) pool.close();
      await client.close();
      await connection.close();
    });
  ended.catch(() => undefined);
  const stop = async (): Promise<void> => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await ended;
  };
  return { identity, buildId, ended, stop };
}

function poolsToServe(options: WorkerOptions): [string, Project['config']['pools'][string]][] {
  const { pools } = options.project.config;
  for (const name of options.pools ?? []) {
    if (name in pools) continue;
    throw new TrainyardError('TY-CONFIG', {
      what: `there is no pool "${name}"; ${sayNearest(name, Object.keys(pools))}`,
      where: { file: options.project.configFile, field: 'pools' },
    });
  }
  return Object.entries(pools).filter(([name]) => options.pools === undefined || options.pools.includes(name));
}

function codeFor(codes: ReadonlyMap<string, NodeCode>, node: string, hash: string): NodeCode {
  const code = codes.get(node);
  if (code?.hash === hash) return code;
  throw new TrainyardError('TY-CODE', {
    what: code
      ? `the run was started with other code of ${node} than this worker has`
      : `this worker has no code of ${node}`,
    where: { node },
    expected: `code ${hash}`,
    actual: code ? `code ${code.hash}` : 'none',
    remedy: 'start the run again: what had finished and is unchanged is found',
  });
}

async function connectWorker(project: Project): Promise<NativeConnection> {
  const { address, tls, apiKey } = temporalAddress(project);
  try {
    return await NativeConnection.connect({ address, ...(tls ? { tls } : {}), ...(apiKey ? { apiKey } : {}) });
  } catch (cause) {
    throw new TrainyardError('TY-TEMPORAL-AWAY', {
      what: `Temporal does not answer at ${address}`,
      where: { file: project.configFile, field: 'temporal.address' },
      cause,
    });
  }
}
