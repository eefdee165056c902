import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { Digest } from '../../core/digest.js';
import { isTrainyardError, sayThrown, TrainyardError } from '@trainyard/errors';
import { failureOf } from '../../core/failure.js';
import type { Ref } from '../../core/kinds.js';
import type { NodeProgress, NodeResult, NodeTask, Reported, SentTask } from '../../core/task.js';
import {
  areWhole,
  Checkpoints,
  commit,
  discardArtifact,
  lookup,
  noteNeed,
  putFailedLog,
  readJsonBlob,
  removeNodeRecord,
  singleFlight,
  sweepBefore,
  undisturbed,
  writeNodeRecord,
  type CacheEntry,
  type NodeRecord,
  type Store,
} from '../../store/index.js';
import type { Log, LogFields } from '../../project/log.js';
import { currentSandbox } from '../../project/sandbox.js';
import { countFailure } from './failure-count.js';
import { crashPoint, type AtWork } from './crash-points.js';
import { NodeLog } from './node-log.js';
import { openSealed } from './open-sealed.js';
import { Reporter, type TellStudy } from '../study/reporter.js';
import { TimeLimit, tookTooLong } from './time-limit.js';

/** What one computation of a node came to, however it was run. */
export interface Computed {
  readonly outputs: { readonly [port: string]: Ref };
  readonly ms: number;
  readonly device: string;
  /** Whether it looked for checkpoints or saved one. */
  readonly checkpoints: boolean;
}

/** How a node's work is done: in a slot of the pool, or in the worker itself for light nodes. */
export type Compute = (
  task: NodeTask,
  hooks: {
    readonly signal: AbortSignal;
    readonly attempt: number;
    readonly onProgress: (fraction: number, message?: string) => void;
    readonly onLog: (line: string) => void;
    readonly onReport: (step: number, value: Reported | null) => void;
    /** The node begins: until then it waited for a device. */
    readonly onBegin: () => void;
  },
) => Promise<Computed>;

export interface RunnerParts {
  readonly store: Store;
  readonly worker: string;
  readonly compute: Compute;
  readonly libraries: { readonly [name: string]: string };
  /** Asks the study of a trial whether it goes on. */
  readonly tellStudy: TellStudy;
  /** Gets a line for each node that was computed here, and for each that failed. */
  readonly log?: Log | undefined;
}

const HEARTBEAT_MS = 1_000;
const CANCELLED_WITHIN_MS = 5_000;

/**
 * Validates, reserves, computes, stores, records: the life of one node call on a worker. As a Local Activity it waits for
 * nobody: null when another run computes the same.
 */
export async function runNode(parts: RunnerParts, sent: SentTask): Promise<NodeResult | null> {
  const task = 'rest' in sent ? await wholeTask(parts.store, sent) : sent;
  const context = Context.current();
  const { isLocal } = context.info;
  const attempt = context.info.attempt + (task.failedInline ?? 0);
  const reporter = task.trial?.live
    ? new Reporter(parts.store, task, parts.tellStudy, context.cancellationSignal)
    : undefined;
  const signal = reporter
    ? AbortSignal.any([context.cancellationSignal, reporter.stopped])
    : context.cancellationSignal;
  let progress: NodeProgress = { call: task.call, fraction: 0, worker: parts.worker, device: '' };
  const beat = (): void => context.heartbeat(progress);
  const beating = isLocal ? undefined : setInterval(beat, HEARTBEAT_MS);
  const log = new NodeLog();
  const startedAt = new Date();
  const named: LogFields = { run: task.run.id, node: task.node, call: task.call, attempt };
  const atWork: AtWork = { run: task.run.id, node: task.node, params: task.params };
  let limit: TimeLimit | undefined;
  try {
    let made: Computed | undefined;
    await reporter?.tellFormer();
    let sweep = -1;
    const { value, found } = await singleFlight(parts.store, task.key, {
      // An attempt that Temporal gave up is followed by one of the same call: it need not wait for itself.
      owner: `${task.run.id} ${task.call}`,
      signal,
      ...(isLocal ? { onWait: giveWay } : {}),
      found: async () => {
        const looked = await findAndHold(parts.store, task);
        sweep = looked.sweep;
        return looked.entry;
      },
      compute: async () => {
        crashPoint('reserved', atWork);
        refuseEffects(task);
        await openSealed(parts.store, task);
        // Waiting for another run that computes it is not the node's own time.
        const ownTime = new TimeLimit(task.settings.onDevice?.timeMs ?? context.info.startToCloseTimeoutMs, signal);
        limit = ownTime;
        for (; ; sweep = await sweepBefore(parts.store)) {
          crashPoint('before-compute', atWork);
          made = await parts.compute(task, {
            signal: ownTime.signal,
            attempt,
            onLog: (line) => log.add(line),
            onReport: (step, reported) => reporter?.add(step, reported),
            onBegin: () => ownTime.begin(),
            onProgress: (fraction, message) => {
              progress = { call: task.call, fraction, message, worker: parts.worker, device: '' };
            },
          });
          crashPoint('outputs-stored', atWork);
          await reporter?.keep();
          const entry: CacheEntry = {
            format: 1,
            key: task.key,
            node: task.node,
            outputs: made.outputs,
            madeBy: task.run.id,
          };
          const recorded = record(parts, task, made, { attempt, startedAt, log }, sweep).then((isThere) => {
            if (isThere) crashPoint('recorded', atWork);
            return isThere;
          });
          const winner = await commitAfter(parts.store, entry, recorded);
          if (winner === null) continue;
          if (made.checkpoints && !task.trial?.goesOn) await new Checkpoints(parts.store, task.key).drop();
          return winner;
        }
      },
    });
    crashPoint('committed', atWork);
    await reporter?.finish();
    if (made) parts.log?.info({ ...named, ms: Math.round(made.ms), device: made.device }, 'computed');
    return {
      outputs: value.outputs,
      found,
      worker: parts.worker,
      device: made?.device ?? '',
      attempt,
      ms: Math.round(made?.ms ?? 0),
    };
  } catch (error) {
    if (error === otherRun) return null;
    if (reporter?.stopped.aborted) await cancelled(context);
    await keepFailedLog(parts.store, task, attempt, log.text);
    const failure = await toFailure(parts, task, limit?.isUp ? tookTooLong(task, attempt, limit.ms) : error, signal);
    if (failure instanceof CancelledFailure) parts.log?.info(named, failure.message);
    else parts.log?.warn({ ...named, ms: Date.now() - startedAt.getTime() }, failure.message);
    throw failure;
  } finally {
    limit?.end();
    reporter?.end();
    clearInterval(beating);
  }
}

/** A task whose parameters and inputs were too long to travel. */
async function wholeTask(store: Store, { rest, ...short }: Extract<SentTask, { rest: Digest }>): Promise<NodeTask> {
  return { ...short, ...((await readJsonBlob(store, rest)) as Pick<NodeTask, 'params' | 'inputs'>) };
}

/** Waits until the server's word to cancel is here, which the study gave with its decision: it comes by a heartbeat. */
async function cancelled(context: Context): Promise<void> {
  if (context.cancellationSignal.aborted) return;
  await Promise.race([
    context.cancelled.catch(() => undefined),
    new Promise((late) => setTimeout(late, CANCELLED_WITHIN_MS)),
  ]);
}

/** Thrown where nobody waits. */
const otherRun = new Error('another run computes it');

function giveWay(): never {
  throw otherRun;
}

/** Where a run is repeated for comparison, nothing acts on the world or reads it anew. */
function refuseEffects(task: NodeTask): void {
  if (task.keyed?.lineage === undefined || currentSandbox() === undefined) return;
  throw new TrainyardError('TY-NODE-INPUT', {
    what: `${task.node} would act on the world, or read it anew: the run that is repeated has no answer of it for these parameters`,
    where: { run: task.run.id, node: task.node },
    remedy: 'look at the first difference: the run has taken another way from there',
  });
}

/**
 * A former result, kept from the collector by a need of this run before it is relied on; and the number of the sweep
 * that was the newest before the look.
 */
async function findAndHold(store: Store, task: NodeTask): Promise<{ entry: CacheEntry | null; sweep: number }> {
  for (;;) {
    const sweep = await sweepBefore(store);
    const entry = (await lookup(store, [task.key]))[0] ?? null;
    if (!entry || entry.madeBy === task.run.id) return { entry, sweep };
    await noteNeed(store, task.run.id, { artifacts: Object.values(entry.outputs).map(({ digest }) => digest) });
    if (await undisturbed(store, sweep)) return { entry, sweep };
  }
}

/**
 * Puts the execution on the record; false, and nothing is on it, when a collector took blobs that the outputs share
 * with former ones between their look-up and the record.
 */
async function record(
  parts: RunnerParts,
  task: NodeTask,
  made: Computed,
  at: { attempt: number; startedAt: Date; log: NodeLog },
  sweep: number,
): Promise<boolean> {
  const log = at.log.text === '' ? undefined : (await parts.store.putBlob(Buffer.from(at.log.text))).digest;
  const written: NodeRecord = {
    format: 1,
    run: task.run.id,
    lineage: task.run.lineage,
    pipeline: task.run.pipeline,
    scope: task.scope,
    node: task.node,
    version: task.version,
    code: task.code,
    key: task.key,
    params: task.params,
    inputs: task.inputs,
    outputs: made.outputs,
    seed: task.seed,
    threads: task.threads,
    keyed: task.keyed,
    worker: parts.worker,
    device: made.device,
    pid: process.pid,
    attempt: at.attempt,
    startedAt: at.startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    log,
    libraries: parts.libraries,
  };
  const place = await writeNodeRecord(parts.store, written);
  if (await undisturbed(parts.store, sweep)) return true;
  if (await areWhole(parts.store, Object.values(made.outputs))) return true;
  await removeNodeRecord(parts.store, place, written);
  return false;
}

/** Writes an entry while the record is written; it comes to be after that. Null where there is no record. */
async function commitAfter(store: Store, entry: CacheEntry, recorded: Promise<boolean>): Promise<CacheEntry | null> {
  try {
    return await commit(store, entry, recorded);
  } finally {
    // Where the entry could not be written, the record does not go on by itself.
    await recorded.catch(() => undefined);
  }
}

/** A failure as Temporal carries it: its message for people, its parts for programs, and whether to try again. */
async function toFailure(parts: RunnerParts, task: NodeTask, error: unknown, signal: AbortSignal): Promise<Error> {
  if (signal.aborted) {
    if (Context.current().cancellationDetails?.workerShutdown)
      return ApplicationFailure.retryable('the worker is shutting down', 'TY-WORKER-NONE');
    return error instanceof CancelledFailure ? error : new CancelledFailure('the node was cancelled');
  }
  let known = isTrainyardError(error)
    ? error
    : new TrainyardError('TY-NODE-FAILED', {
        what: `${task.node} failed: ${sayThrown(error)}`,
        where: { run: task.run.id, node: task.node },
      });
  if (known.code === 'TY-STORE-MISSING' || known.code === 'TY-STORE-DAMAGED')
    known = await nameLostInput(parts.store, task, known);
  if (known.code === 'TY-CODE-GONE') return handBack(known, Context.current().info.attempt);
  const { attempts } = task.settings;
  // A store that cannot be written to cannot count either: then Temporal's count stands for it.
  const counted = () => countFailure(parts.store, task, known).catch(() => Context.current().info.attempt);
  // Nobody has had a device for it as long as it may wait: to wait once more is not what its author asked for.
  const failures = known.permanent || known.code === 'TY-WORKER-NONE' ? attempts : await counted();
  return failureOf(known, { nonRetryable: failures >= attempts });
}

/** Longest wait before a call is offered again to a worker that may have its code, ms. */
const MOST_HAND_BACK_MS = 60_000;

/**
 * Gives a call back unexecuted: another worker may have its code, or this one may get it. It is no failure of the node;
 * after some twenty minutes the engine ends the run with it.
 */
function handBack(error: TrainyardError, attempt: number): ApplicationFailure {
  return failureOf(error, {
    // In a sandbox there is no other worker.
    nonRetryable: currentSandbox() !== undefined,
    nextRetryDelay: Math.min(2 ** attempt * 1_000, MOST_HAND_BACK_MS),
  });
}

/** Finds which input has lost a blob, and takes it out of use so that its node computes it again. */
async function nameLostInput(store: Store, task: NodeTask, error: TrainyardError): Promise<TrainyardError> {
  for (const given of Object.values(task.inputs)) {
    for (const ref of Array.isArray(given) ? (given as readonly Ref[]) : [given as Ref]) {
      const lost: Digest[] = await discardArtifact(store, ref.digest);
      if (lost.length === 0) continue;
      return new TrainyardError(error.code, {
        what: `an input of ${task.node} was lost in the store; it is computed again`,
        where: { run: task.run.id, node: task.node, file: ref.digest },
        actual: error.what,
      });
    }
  }
  return error;
}

/** Keeps the log of an attempt that failed, beside its run. Where the store cannot be written to, the failure is told all the same. */
async function keepFailedLog(store: Store, task: NodeTask, attempt: number, text: string): Promise<void> {
  if (text !== '') await putFailedLog(store, task.run.id, `${task.call}.${attempt}`, text).catch(() => undefined);
}
