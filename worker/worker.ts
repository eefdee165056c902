import { hostname } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { NativeConnection, Worker, type LogLevel } from '@temporalio/worker';
import { engineActivities } from '../activities/run/engine.js';
import { inWords } from '../activities/failure-boundary.js';
import { runNode, type Compute, type RunnerParts } from '../activities/run/run-node.js';
import { processActivities } from '../activities/processes/activities.js';
import type { DurableProcess } from '../client/process.js';
import { syncSchedules, wantedSchedules } from '../client/trigger/schedules.js';
import { tellStudy } from '../client/study/studies.js';
import { syncTriggers, wantedTriggers } from '../client/trigger/triggers.js';
import { connectTo, storeUrl, temporalAddress } from '../client/connect.js';
import { isTrainyardError, sayNearest, sayThrown, TrainyardError } from '@trainyard/errors';
import { poolQueue } from '../core/queues.js';
import type { ProcessFacts } from '../core/process-facts.js';
import type { SentTask } from '../core/task.js';
import { readAddresses } from '../project/addresses.js';
import { allOf, partsOfCodes } from '../project/brought-parts.js';
import { pipelineCodes, pluginCodes, processesIn, projectCodes, type ProjectCodes } from '../project/codes.js';
import type { Project, ProjectBase } from '../project/project.js';
import { noteBuild } from '../project/kept-builds.js';
import { refuseBuild, tryBuild } from '../project/refused-builds.js';
import { secretIn } from '../project/secret-source.js';
import { currentSandbox } from '../project/sandbox.js';
import { buildIdOf, isRunType, keptBundle, workflowBundle } from '../project/workflow-bundle.js';
import { describeEnvironment, noteCodes, notePipelines, readPipelines } from '../client/provenance/index.js';
import { requireBackend } from './training-backend.js';
import { noteProject, onDamaged } from '../store/index.js';
import { CodeOnHand } from './code-cache.js';
import { libraryVersions } from './libraries.js';
import { lightCompute } from './inline-activity.js';
import { LoadedPackages } from './loaded-packages.js';
import { openWorkerLog, withLines, type WorkerLog } from './log.js';
import { Permits } from './slot-permits.js';
import type { RunMessage } from './protocol.js';
import { Redactor } from './redactor.js';
import { Slots } from './slots.js';
import type { StuckLimits } from './stuck-workflows.js';
import { WorkflowBuilds } from './workflow-builds.js';

export interface WorkerOptions {
  readonly project: Project;
  /** Pools to serve. All of the configuration by default. */
  readonly pools?: readonly string[];
  /** Whether to serve Workflows too. Default true. */
  readonly workflows?: boolean;
  /** How long one step of a Workflow may compute before its run is ended. */
  readonly stuckAfter?: StuckLimits;
  /** Gets what people should know; by default it goes to the error stream. All of it is in `logs/worker.log` besides. */
  readonly log?: (level: LogLevel, message: string, meta?: unknown) => void;
}

export interface RunningWorker {
  readonly identity: string;
  /** Build that new runs start on; undefined for a worker without Workflows. */
  buildId: string | undefined;
  /** Settles when the worker has ended: rejects when it failed. */
  readonly ended: Promise<void>;
  /**
   * Takes up another state of the project's code: new runs start on it, open ones keep theirs. One at a time; where it is
   * not the last state any more, new runs do not start on it.
   */
  reload(project: Project, isLast?: () => boolean): Promise<void>;
  /** Lets what runs finish within a few seconds, then ends everything. */
  stop(): Promise<void>;
}

/** How long nodes may go on after the worker was told to stop. They are run again elsewhere then. */
const SHUTDOWN_GRACE_MS = 3_000;

/**
 * Frames of stacks in this process. The Workflow sandbox takes a stack for every promise: with the usual ten that is
 * most of what a found node costs. The first frames say where a pipeline threw.
 */
const FRAMES = 3;

/** How often a worker looks which former builds are asked for. */
const BUILDS_ASKED_MS = 2_000;

/** How often it looks which builds it can let go. */
const BUILDS_TENDED_MS = 10_000;

/** Starts a worker for a project: its Workflows, and the slots of its pools. Resolves when it listens. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { project } = options;
  const sandbox = currentSandbox();
  const log = openWorkerLog(project, options.log);
  setFlagsFromString(`--stack-trace-limit=${FRAMES}`);
  const client = await connectTo(project);
  const connection = await connectWorker(project);
  const identity = `${hostname()}:${process.pid}`;
  const code = new CodeOnHand(project);
  let environment = describeEnvironment(project, libraryVersions());
  await client.store.probe();
  await noteProject(client.store, project.name);

  const runner = {
    store: client.store,
    worker: identity,
    libraries: libraryVersions(),
    tellStudy: tellStudy(client),
    log: log.own,
  };
  const inWorker = lightCompute(client.store, path.join(project.state, 'scratch'), Redactor.of(project.config.secrets));
  const loaded = new LoadedPackages();
  const light: Compute = withLines(log.own, async (task, hooks) => {
    const found = await code.find(task.node, task.code);
    if (loaded.admit(found.parts.packages)) return inWorker(task, found, hooks);
    throw new TrainyardError('TY-CODE-GONE', {
      what: `${task.node} runs in the worker itself, which has loaded a package that it needs in another version`,
      where: { node: task.node },
      remedy: 'start the worker again',
    });
  });
  const endNaming = onDamaged(({ error }) => log.tell('warn', error.message, { ...error.where }));
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  let ofProcesses: Awaited<ReturnType<typeof processActivities>> = {};
  let processes: readonly ProcessFacts[] = [];
  const builds = new WorkflowBuilds({
    project,
    connection,
    client,
    identity,
    activities: () =>
      inWords({
        ...engineActivities(client.store, () => environment),
        ...ofProcesses,
        // Light nodes, each by its name.
        default: (task: SentTask) => runNode({ ...runner, compute: light }, task),
      }),
    isRun: (type) => isRunType(processes, type),
    graceMs: SHUTDOWN_GRACE_MS,
    stuckAfter: options.stuckAfter,
    tell: log.tell,
    onFailure: (error) => fail(error),
  });
  const pools = await startPools(options, { connection, client, identity, runner, light, code, log });
  const worker: RunningWorker = {
    identity,
    buildId: undefined,
    ended: Promise.race([failed, ...pools.map((pool) => pool.ended)]).then(() => undefined),
    reload: async (next, isLast = () => true) => {
      // What a kept build needs was kept with it, whatever the project has become.
      const kept = sandbox?.build;
      const codes = kept === undefined ? await projectCodes(next) : await codesOfProcesses(next);
      code.use(codes.nodes);
      environment = describeEnvironment(next, libraryVersions());
      await noteCodes(client.store, codes.nodes.values());
      if (options.workflows === false) return;
      const parts = partsOfCodes(codes.brought);
      const { secrets, webhooks } = next.config;
      ofProcesses = await processActivities((await allOf(parts, 'process')) as readonly DurableProcess[], {
        client,
        store: client.store,
        project: {
          folder: next.root,
          parts,
          secret: (name) => secretIn(secrets, name),
          webhooks,
          hide: (text) => Redactor.of(secrets).clean(text),
        },
      });
      processes = codes.processes;
      if (kept !== undefined) {
        await builds.makeCurrent(await keptBundle(next, kept));
        worker.buildId = kept;
        return;
      }
      const pages = readAddresses(next.state)?.server;
      const buildId = await buildIdOf(next, codes, pages);
      await tryBuild(next, buildId);
      try {
        const pipelines = [...next.pipelines.values()].map((one) => one.pipeline);
        // Before anything changes: a schedule that cannot be must not come half-way.
        wantedSchedules(client, pipelines);
        wantedTriggers(client, pipelines);
        const bundle = await workflowBundle(next, codes, pages, buildId);
        await noteBuild(next, buildId, codes.nodes.values());
        await builds.makeCurrent(bundle, isLast);
        if (!isLast()) return;
        worker.buildId = buildId;
        await syncSchedules(client, pipelines);
        await syncTriggers(client, pipelines);
        if ((await readPipelines(client.store, buildId)) === undefined)
          await notePipelines(client.store, buildId, await pipelineCodes(next));
      } catch (error) {
        // The command that waits for this build finds there why it never comes.
        await refuseBuild(next, buildId, asCodeError(error).toRecord());
        throw error;
      }
    },
    stop: async () => {
      clearInterval(asking);
      endNaming();
      clearInterval(tending);
      for (const pool of pools) if (pool.worker.getState() === 'RUNNING') pool.worker.shutdown();
      await Promise.all([builds.stop(), ...pools.map((pool) => pool.ended.catch(() => undefined))]);
      for (const pool of pools) pool.slots.close();
      await client.close();
      await connection.close();
    },
  };
  const every = (ms: number, look: () => Promise<void>): NodeJS.Timeout | undefined =>
    options.workflows === false ? undefined : setInterval(() => void look().catch(() => undefined), ms);
  const asking = every(BUILDS_ASKED_MS, () => builds.serveRequested());
  const tending = every(BUILDS_TENDED_MS, async () => {
    // The runs that need the project's builds are in another Temporal.
    if (sandbox) return;
    const released = await builds.tend();
    if (released.length > 0) log.tell('info', `no open run needs ${released.join(', ')} any more: let go`);
  });
  worker.ended.catch(() => undefined);
  await worker.reload(project);
  const lost = options.workflows === false ? [] : await builds.serveFormer();
  if (lost.length > 0)
    log.tell('warn', `runs that started on ${lost.join(', ')} wait: those builds are not in ${project.build}`);
  return worker;
}

/** The codes of a project without its nodes, whose kept code is used. */
async function codesOfProcesses(project: Project): Promise<ProjectCodes> {
  const { brought } = await pluginCodes(project);
  return { nodes: new Map(), processes: processesIn(brought), brought };
}

/** What is wrong with a project's code, or kept it from being taken up. */
export function asCodeError(error: unknown): TrainyardError {
  if (isTrainyardError(error)) return error;
  return new TrainyardError('TY-CODE', { what: sayThrown(error) });
}

/** A pool's worker runs Activities, nothing else. */
const UNUSED = { type: 'fixed-size', numSlots: 1 } as const;

interface Pool {
  readonly worker: Worker;
  readonly slots: Slots;
  readonly ended: Promise<void>;
}

async function startPools(
  options: WorkerOptions,
  parts: {
    connection: NativeConnection;
    client: Awaited<ReturnType<typeof connectTo>>;
    identity: string;
    runner: Omit<RunnerParts, 'compute'>;
    light: Compute;
    code: CodeOnHand;
    log: WorkerLog;
  },
): Promise<Pool[]> {
  const { project } = options;
  const { connection, client, identity, runner, light, code, log } = parts;
  const scratch = path.join(project.state, 'scratch');
  return Promise.all(
    poolsToServe(options).map(async ([name, pool]): Promise<Pool> => {
      const slots = new Slots(name, pool, {
        worker: process.pid,
        store: storeUrl(project),
        scratch,
        configFile: project.configFile,
        secrets: project.config.secrets,
      });
      const permits = new Permits(slots.count);
      const inSlot: Compute = withLines(log.executors, async (task, hooks) => {
        const found = await code.find(task.node, task.code);
        const { module, exportName, opens, placed } = found;
        const packages = [...found.parts.packages, ...requireBackend(task, pool)];
        const where = { module, exportName, opens, placed, packages };
        const message: RunMessage = { type: 'run', task, ...where, attempt: hooks.attempt };
        const { outputs, ms, checkpoints, device } = await slots.run(message, hooks, task.settings.memory);
        return { outputs, ms, device, checkpoints };
      });
      const run = (sent: SentTask) => {
        const taken = permits.taken();
        const compute: Compute = (task, hooks) =>
          // In the worker itself no device can be used.
          task.settings.light && pool.devices === undefined
            ? light(task, hooks)
            : inSlot(task, hooks).finally(() => taken.computed());
        return runNode({ ...runner, compute }, sent);
      };
      const worker = await Worker.create({
        connection,
        namespace: client.namespace,
        identity,
        taskQueue: poolQueue(client.taskQueue, name),
        // Whatever its name, a node is run by the same runner; so nodes that come with new code need no new worker.
        activities: { default: run },
        tuner: {
          activityTaskSlotSupplier: permits,
          workflowTaskSlotSupplier: UNUSED,
          localActivityTaskSlotSupplier: UNUSED,
          nexusTaskSlotSupplier: UNUSED,
        },
        shutdownGraceTime: SHUTDOWN_GRACE_MS,
        maxHeartbeatThrottleInterval: '1 second',
        defaultHeartbeatThrottleInterval: '1 second',
      });
      slots.warm();
      const ended = worker.run();
      ended.catch(() => undefined);
      return { worker, slots, ended };
    }),
  );
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

async function connectWorker(project: ProjectBase): Promise<NativeConnection> {
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
