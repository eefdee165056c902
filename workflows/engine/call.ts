import { durationMs } from '../../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import type { Digest } from '../../core/digest.js';
import type { GraphNode } from '../../core/graph.js';
import { isHandle } from '../../core/handle.js';
import type { Json } from '../../core/json.js';
import { nodeKey, nodeSeed, type KeyedParts, type NodeIdentity } from '../../core/key.js';
import type { Ref } from '../../core/kinds.js';
import { NODE_DEFAULTS, type AnyContract, type CallOptions } from '../../core/node.js';
import type { RunFacts } from '../../core/runtime.js';
import type { NodeTask, Recovery, TrialFacts } from '../../core/task.js';
import { bundleData } from './bundle-data.js';
import { timeoutOf } from './proxies.js';
import { wireCall, type Given, type WiredCall } from './wire.js';

/** The options of a call; an operator may have said the reason. */
export interface SaidOptions extends CallOptions {
  readonly saidBy?: string;
}

/** A node call whose inputs are known, and with them its key. */
export interface Call {
  readonly key: Digest;
  readonly identity: NodeIdentity;
  readonly inputs: NodeTask['inputs'];
  readonly params: Json;
  readonly options: SaidOptions;
  readonly pool: string;
  /** Set for calls of a study's trials. */
  readonly trial?: TrialFacts | undefined;
  /** Run where the Workflow is, instead of in the pool. */
  readonly inline: boolean;
}

/** A node call as it was asked for. */
export interface AskedCall {
  readonly contract: AnyContract;
  readonly wired: WiredCall;
  readonly options: SaidOptions;
  readonly pool: string;
  readonly trial?: TrialFacts | undefined;
  /** `false`: run in the pool, whatever the contract says. */
  readonly inline?: boolean;
}

export function callOf(run: RunFacts, asked: AskedCall, inputs: NodeTask['inputs']): Call {
  const { contract, wired, options, pool, trial } = asked;
  const identity = identityOfCall(run, asked, inputs);
  // Whether a trial goes on is decided while it works: its word to stop comes to an Activity.
  const inline = asked.inline ?? (trial === undefined && mayRunInline(contract.spec, options));
  return { key: nodeKey(identity), identity, inputs, params: wired.params, options, pool, trial, inline };
}

/** What the graph says of a call once its inputs are known. */
export function factsOf({ key, params, pool, identity: { backend } }: Call): Partial<GraphNode> {
  return { key, params, pool, ...(backend === undefined ? {} : { backend }) };
}

/** Everything that decides a call's result. Throws TY-NODE-NOT-IMPLEMENTED when no plugin has its code. */
function identityOfCall(
  run: RunFacts,
  { contract, wired, options, pool }: AskedCall,
  inputs: NodeTask['inputs'],
): NodeIdentity {
  const { spec } = contract;
  const { codes, pools } = bundleData();
  const code = codes[spec.name];
  if (code === undefined) {
    throw new TrainyardError('TY-NODE-NOT-IMPLEMENTED', {
      what: `${spec.name} has no implementation in the plugins of temporal.config.ts`,
      where: { node: spec.name },
    });
  }
  const digests = Object.fromEntries(
    Object.entries(inputs).map(([port, given]) => [
      port,
      isRefList(given) ? given.map((ref) => ref.digest) : given.digest,
    ]),
  );
  const ofLineage = spec.effect === true || spec.cache === false;
  const keyed = spec.notInKey ? omit(wired.params, spec.notInKey) : wired.params;
  return {
    node: spec.name,
    version: spec.version,
    code,
    params: keyed,
    inputs: digests,
    threads: options.resources?.cpu ?? spec.resources?.cpu ?? NODE_DEFAULTS.resources.cpu,
    seed: spec.seeded ? run.seed : undefined,
    backend: spec.tensorflow ? pools.find(({ name }) => name === pool)?.backend : undefined,
    id: options.id,
    // What may not be found by other runs is still found by the resumes of this one.
    lineage: ofLineage ? run.lineage : undefined,
    fresh: run.fresh && !ofLineage ? run.lineage : undefined,
  };
}

/** A study chooses among its trials by what they report: none of them may see what is kept for the last judgement. */
export function refuseSealed({ spec }: AnyContract, trial: TrialFacts | undefined): void {
  const sealed = trial && Object.entries(spec.inputs).find(([, kind]) => kind.kind.startsWith('sealed '));
  if (!sealed) return;
  throw new TrainyardError('TY-STUDY', {
    what: `${spec.name} opens the sealed "${sealed[0]}": a trial of a study may not, since the best is chosen among trials`,
    where: { node: spec.name, port: sealed[0] },
    remedy: 'evaluate trials on validation data, and open the test set once, after the study',
  });
}

/** What the call's Activity is given. */
export function taskOf(run: RunFacts, contract: AnyContract, call: Call, node: GraphNode): NodeTask {
  const { spec } = contract;
  return {
    run: { id: run.id, lineage: run.lineage, pipeline: run.pipeline, cause: run.cause },
    node: spec.name,
    version: spec.version,
    code: call.identity.code,
    key: call.key,
    params: call.params,
    inputs: namesOf(call.inputs),
    ...(spec.seeded ? { seed: nodeSeed(call.identity, spec.continuesOver) } : {}),
    threads: call.identity.threads ?? 1,
    keyed: keyedParts(spec, call.identity),
    scope: node.scope,
    call: node.call,
    pool: call.pool,
    ...(call.trial === undefined ? {} : { trial: call.trial }),
    ...openingOf(spec, call.options),
    settings: settingsOf(spec, call.options),
  };
}

/** Why a call opens a sealed test set, where its author or an operator has said it. */
function openingOf({ opens }: AnyContract['spec'], { reason = '', saidBy }: SaidOptions): Pick<NodeTask, 'opening'> {
  if (opens === undefined || reason.trim() === '') return {};
  return { opening: { reason: reason.trim(), ...(saidBy === undefined ? {} : { by: saidBy }) } };
}

/** Inputs without their values: whoever opens an artifact reads its value from the store. */
function namesOf(inputs: NodeTask['inputs']): NodeTask['inputs'] {
  const name = ({ kind, digest, size }: Ref): Ref => ({ kind, digest, size });
  return Object.fromEntries(
    Object.entries(inputs).map(([port, given]) => [port, isRefList(given) ? given.map(name) : name(given)]),
  );
}

/**
 * Whether a node may run where the Workflow is: it is light, needs nothing that only some pools have, and does nothing to
 * the world, since a Local Activity may be run again beside itself when its worker was given up too early.
 */
function mayRunInline({ light, effect, resources }: AnyContract['spec'], options: CallOptions): boolean {
  const { gpu = 0, labels = {} } = { ...resources, ...options.resources };
  return light === true && effect !== true && gpu === 0 && Object.keys(labels).length === 0;
}

/** Edges of the graph that are known when the call is made. */
export function edges(wired: WiredCall): GraphNode['inputs'] {
  return [...wired.inputs].flatMap(([port, given]) =>
    (isGivenList(given) ? given : [given])
      .filter(isHandle)
      .map((handle) => ({ port, from: handle.call, fromPort: handle.port })),
  );
}

export function isGivenList(given: Given | readonly Given[]): given is readonly Given[] {
  return Array.isArray(given);
}

export function isRefList(given: Ref | readonly Ref[]): given is readonly Ref[] {
  return Array.isArray(given);
}

function omit(params: Json, names: readonly string[]): Json {
  return Object.fromEntries(
    Object.entries(params as { [key: string]: Json }).filter(([name]) => !names.includes(name)),
  );
}

function settingsOf(spec: AnyContract['spec'], options: CallOptions): NodeTask['settings'] {
  const memory = options.resources?.memory ?? spec.resources?.memory;
  const attempts = options.retry?.attempts ?? spec.retry?.attempts ?? NODE_DEFAULTS.retry.attempts;
  const { gpu = 0 } = { ...spec.resources, ...options.resources };
  const queueMs = spec.queueTimeout === undefined ? undefined : durationMs(spec.queueTimeout);
  const onDevice = { timeMs: timeoutOf(spec, options), ...(queueMs === undefined ? {} : { queueMs }) };
  return {
    attempts,
    light: spec.light ?? false,
    ...(memory === undefined ? {} : { memory }),
    ...(gpu === 0 ? {} : { onDevice }),
  };
}

function keyedParts(spec: AnyContract['spec'], { seed, backend, id, lineage, fresh }: NodeIdentity): KeyedParts {
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(backend === undefined ? {} : { backend }),
    ...(id === undefined ? {} : { id }),
    ...(lineage === undefined ? {} : { lineage }),
    ...(fresh === undefined ? {} : { fresh }),
    ...(spec.notInKey === undefined ? {} : { leftOut: spec.notInKey }),
  };
}

/** A call with the parameters that an operator changed. */
export function rewire(contract: AnyContract, wired: WiredCall, params: Recovery['params']): WiredCall {
  if (!params) return wired;
  const inputs = Object.fromEntries(wired.inputs);
  return wireCall(contract, { ...inputs, ...(wired.params as { [name: string]: Json }), ...params });
}
