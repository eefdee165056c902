import type { Backend } from '../core/config.js';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { TrainyardClient } from '../client/index.js';
import {
  cutText,
  isTrainyardError,
  sayThrown,
  sayValue,
  TrainyardError,
  TransientError,
  UserError,
  type Code,
  type ErrorParts,
} from '@trainyard/errors';
import type { Ref } from '../core/kinds.js';
import type { AnyContract } from '../core/node.js';
import type { NodeTask, Reported } from '../core/task.js';
import { outputPorts } from '../core/node.js';
import { Artifacts, Checkpoints, keepReports, openingsOf, storeFull, type Store } from '../store/index.js';
import type { Implementation } from '../core/implementation.js';
import type { Placed, RuntimeCall } from '../core/runtime-kind.js';
import type { NodeContext } from './implement.js';
import { openInputs } from './inputs.js';
import { checkOutputs } from './outputs.js';
import type { Redactor } from './redactor.js';
import { refuseSecrets } from './secrets-in-outputs.js';

/** Longest message of progress, in characters: it travels with every heartbeat. */
const MOST_PROGRESS = 500;
/** Longest report at one step, in characters of JSON: all of them travel to the study. */
const MOST_REPORT = 20_000;
const MOST_CAUSES = 5;

/** What the process that runs a node offers it. */
export interface ExecutionHost {
  /** Folder in which the node gets a scratch folder of its own; made when it is not there. */
  readonly scratchRoot: string;
  readonly device: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  readonly signal: AbortSignal;
  log(message: string): void;
  progress(fraction: number, message?: string): void;
  report(step: number, value: Reported | null): void;
  secret(name: string): string;
  /** Hides the values of secrets in what leaves the node, and finds them in its outputs. */
  readonly redactor?: Redactor;
  /** Told when the node looks for a checkpoint or saves one. */
  onCheckpoint?(): void;
  client(): Promise<TrainyardClient>;
}

/** The part of a task that the computation needs. */
export type NodeWork = Pick<NodeTask, 'run' | 'key' | 'params' | 'inputs' | 'threads' | 'keyed' | 'scope'> & {
  readonly seed?: number | undefined;
  readonly trial?: NodeTask['trial'];
};

/**
 * Runs one node in this process: opens its inputs, calls its implementation, checks what it gave against the contract,
 * stores that, and removes its scratch folder. Gives the references to its outputs by port, all durable.
 *
 * Raises Trainyard's errors with run, node and attempt in `where`: what the node threw as `UserError` or
 * `TransientError`; TY-NODE-OUTPUT; TY-STORE-*; TY-NODE-FAILED with the thrown error as `cause` for anything else.
 * When `host.signal` is aborted, the error that the node then threw is raised as it is.
 * The task's parameters have been parsed by the contract's schema before.
 */
export async function executeNode(call: {
  readonly implementation: Implementation;
  readonly task: NodeWork;
  readonly store: Store;
  readonly host: ExecutionHost;
  /** What the implementation's program is made of, where its runtime has placed it. */
  readonly placed?: Placed | undefined;
}): Promise<Record<string, Ref>> {
  const { implementation, task, store, host } = call;
  const { spec } = implementation.contract;
  const artifacts = new Artifacts(store);
  let made: string | undefined;
  // Most nodes never ask for it.
  const scratch = (): string => (made ??= makeScratch(host.scratchRoot));
  try {
    const inputs = await openInputs(spec, task.inputs, artifacts);
    const ctx = makeContext(spec, task, store, host, scratch);
    const { contract, runtime, program } = implementation;
    const given = await runtime.run(
      program as never,
      {
        contract,
        params: task.params,
        inputs,
        ctx,
        placed: call.placed,
      } as RuntimeCall,
    );
    const outputs = await checkOutputs(spec, given, scratch);
    if (host.redactor) await refuseSecrets(spec.name, outputs, host.redactor);
    const refs: Record<string, Ref> = {};
    for (const [port, kind] of Object.entries(outputPorts(spec)))
      refs[port] = await artifacts.write(kind.kind, outputs[port]!);
    return refs;
  } catch (error) {
    throw host.signal.aborted && !isTrainyardError(error) ? error : explain(error, spec, task, host);
  } finally {
    if (made !== undefined) await rm(made, { recursive: true, force: true, maxRetries: 3 });
  }
}

function makeScratch(root: string): string {
  mkdirSync(root, { recursive: true });
  return mkdtempSync(path.join(root, 'node-'));
}

function makeContext(
  spec: AnyContract['spec'],
  task: NodeWork,
  store: Store,
  host: ExecutionHost,
  scratch: () => string,
): NodeContext {
  const checkpoints = (): Checkpoints => {
    host.onCheckpoint?.();
    return new Checkpoints(store, task.key);
  };
  const former = task.trial?.from === undefined ? undefined : new Checkpoints(store, task.trial.from);
  const reports: [step: number, value: Reported | null][] = [];
  return {
    get seed() {
      if (spec.seeded && task.seed !== undefined) return task.seed;
      throw new TrainyardError('TY-NODE-SEED', {
        what: spec.seeded
          ? `${spec.name} was started without a seed`
          : `${spec.name} asks for a seed, but its contract does not say seeded: true`,
        where: { node: spec.name },
      });
    },
    threads: task.threads,
    backend: task.keyed?.backend as Backend | undefined,
    get signal() {
      return host.signal;
    },
    get scratch() {
      return scratch();
    },
    device: host.device,
    run: task.run,
    scope: task.scope,
    attempt: host.attempt,
    key: task.key,
    openedBefore: async (port) => {
      const given = task.inputs[port];
      const refs = (Array.isArray(given) ? (given as readonly Ref[]) : [given as Ref | undefined]).filter(isSealed);
      const openings = await Promise.all(refs.map(({ digest }) => openingsOf(store, digest)));
      return openings.flatMap((all) => {
        const own = all.findIndex(({ key }) => key === task.key);
        return own < 0 ? all : all.slice(0, own);
      });
    },
    log: (message) => host.log(hide(host, sayValue(message))),
    progress: (fraction, message) => {
      const within = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
      host.progress(within, message === undefined ? undefined : cutText(hide(host, sayValue(message)), MOST_PROGRESS));
    },
    goesOn: task.trial?.goesOn ?? false,
    report: async (step, value) => {
      if (!Number.isFinite(step) || step <= (reports.at(-1)?.[0] ?? -Infinity))
        throw new TrainyardError('TY-NODE-OUTPUT', {
          what: `${spec.name} reports at step ${step} after step ${reports.at(-1)?.[0]}`,
          where: { node: spec.name },
          expected: 'steps that rise',
          remedy: 'report once at each step, in order',
        });
      const figures = plainFigures(value);
      const signs = JSON.stringify(figures).length;
      if (signs > MOST_REPORT)
        throw new TrainyardError('TY-NODE-OUTPUT', {
          what: `${spec.name} reports more at step ${step} than travels to a study`,
          where: { node: spec.name },
          expected: `at most ${MOST_REPORT} characters of JSON`,
          actual: `${signs} characters`,
          remedy: 'report figures only, and give the rest as an output',
        });
      reports.push([step, figures]);
      host.report(step, figures);
      // A word to stop comes as a message: it is heard here, however busy the node is.
      await new Promise((heard) => setImmediate(heard));
      host.signal.throwIfAborted();
    },
    checkpoint: {
      save: async (state) => {
        // Whoever goes on from it does not report these steps again.
        if (task.trial?.live && reports.length > 0) await keepReports(store, task.key, reports);
        await checkpoints().save(state);
      },
      load: async () => (await checkpoints().load()) ?? (await former?.load()),
    },
    secret: (name) => host.secret(name),
    client: () => host.client(),
  };
}

const isSealed = (ref: Ref | undefined): ref is Ref => ref?.kind.startsWith('sealed ') === true;

/** Figures as they travel: what is no number is null. */
function plainFigures(value: Reported): Reported | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  const known = Object.entries(value).map(([name, inner]) => [name, plainFigures(inner)] as const);
  return Object.fromEntries(known.filter(([, inner]) => inner !== null)) as Reported;
}

/** The error that a failed node is reported with. What is too long to be reported whole goes into the node's log. */
function explain(error: unknown, spec: AnyContract['spec'], task: NodeWork, host: ExecutionHost): TrainyardError {
  const place = { run: task.run.id, node: spec.name, attempt: host.attempt };
  // Before anything is cut: of a value that is cut in two neither half would be known.
  const hidden = <T extends string | undefined>(text: T): T =>
    (text === undefined ? undefined : hide(host, sayValue(text))) as T;
  if (isTrainyardError(error)) {
    const { code, what, expected, actual, remedy, cause } = error;
    const where = Object.fromEntries(
      Object.entries(error.where).map(([name, value]) => [name, typeof value === 'string' ? hidden(value) : value]),
    );
    const placed = withPlace(code, hidden(what), {
      where: { ...place, ...where },
      expected: hidden(expected),
      actual: hidden(actual),
      remedy: hidden(remedy),
      cause: cause ?? error,
    });
    if (placed.whole !== undefined) host.log(placed.whole);
    return placed;
  }
  const full = storeFull(error, host.scratchRoot);
  if (full) return new TrainyardError(full.code, { what: full.what, where: { ...place, ...full.where }, cause: error });
  const failed = new TrainyardError('TY-NODE-FAILED', {
    what: `${spec.name} failed: ${hidden(sayThrown(error)) || 'it threw an error without a message'}`,
    where: place,
    cause: error,
  });
  const stacks = sayStacks(error);
  if (stacks !== '') host.log(hide(host, stacks));
  else if (failed.whole !== undefined) host.log(failed.whole);
  return failed;
}

function hide({ redactor }: ExecutionHost, text: string): string {
  return redactor?.clean(text) ?? text;
}

function withPlace(code: Code, what: string, parts: Omit<ErrorParts, 'what'>): TrainyardError {
  if (code === 'TY-NODE-INPUT') return new UserError(what, parts);
  if (code === 'TY-NODE-TRANSIENT') return new TransientError(what, parts);
  return new TrainyardError(code, { what, ...parts });
}

/** The stack of what was thrown, and of its causes. */
function sayStacks(error: unknown): string {
  const stacks: string[] = [];
  for (
    let one = error;
    one instanceof Error && stacks.length < MOST_CAUSES;
    one = one.cause === one ? undefined : one.cause
  )
    if (one.stack) stacks.push(`${stacks.length === 0 ? '' : 'caused by '}${userStack(sayValue(one.stack))}`);
  return stacks.join('\n');
}

/** A stack up to where our own frames begin. */
function userStack(stack: string): string {
  const lines = stack.split('\n');
  const ours = lines.findIndex((line) => /[\\/]worker[\\/](?:execute|implement)\.[jt]s/.test(line));
  return (ours > 0 ? lines.slice(0, ours) : lines).join('\n');
}
