import {
  condition,
  executeChild,
  isCancellation,
  workflowInfo,
  AsyncLocalStorage,
  ParentClosePolicy,
  ChildWorkflowCancellationType,
} from '@temporalio/workflow';
import { TrainyardError, isTrainyardError } from '../../core/errors/index.js';
import type { Digest } from '../../core/digest.js';
import type { GraphNode } from '../../core/graph.js';
import { isHandle, isRef, makeHandle, type Handle } from '../../core/handle.js';
import type { Json } from '../../core/json.js';
import { nodeKey, nodeSeed, type KeyedParts, type NodeIdentity } from '../../core/key.js';
import type { Ref } from '../../core/kinds.js';
import { outputPorts, type AnyContract, type CallOptions } from '../../core/node.js';
import type { ChildCall, PipelineRuntime, RunFacts } from '../../core/runtime.js';
import {
  anyCallLabel,
  callLabel,
  type NodeResult,
  type NodeTask,
  type PartialRun,
  type Recovery,
} from '../../core/task.js';
import { Approvals } from './approvals.js';
import { bundleData } from './bundle-data.js';
import { explainFailure, errorRecord } from './failure.js';
import { Finder, type FoundOutputs } from './finder.js';
import type { GraphKeeper } from './graph-keeper.js';
import { placeNode } from './place.js';
import { engineActivities, runNodeActivity } from './proxies.js';
import { Recoveries } from './recoveries.js';
import { Turnstile } from './turnstile.js';
import { wireCall, type Given, type WiredCall } from './wire.js';

/** History length from which a run drains and continues as new; Temporal ends a run at 51,200 events. */
const DRAIN_AT_EVENTS = 8_000;

/** Nodes of one run that may be scheduled at once: Temporal takes 2,000 pending Activities, and draining waits for all. */
const MOST_IN_FLIGHT = 500;

/** Attempts of a node whose contract does not say how many. */
const DEFAULT_ATTEMPTS = 3;

/** How often a node's lost inputs are computed again before it fails. */
const MOST_REMAKES = 5;

type Call = {
  key: Digest;
  identity: NodeIdentity;
  inputs: NodeTask['inputs'];
  params: Json;
  options: CallOptions;
  pool: string;
};

type Outcome = { readonly outputs: FoundOutputs; readonly found: boolean };

export interface EngineOptions {
  /** What a failed node does. Default `fail`. */
  readonly onFailure?: 'fail' | 'pause' | undefined;
  readonly part?: PartialRun | undefined;
}

/**
 * The runtime of a pipeline inside its Workflow: small, deterministic, without I/O. Handles are made at once; a node is
 * scheduled when its inputs are known, its key computed and its result not found. Identity is content: two equal calls
 * are one computation, whatever the order in which branches come along.
 */
export class Engine implements PipelineRuntime {
  readonly run: RunFacts;
  readonly graph: GraphKeeper;
  readonly approvals: Approvals;
  readonly #finder: Finder;
  readonly #scopes = new AsyncLocalStorage<string>();
  readonly #computations = new Map<Digest, Promise<Outcome>>();
  /** Which call made an artifact, for edges from references and deferred handles. */
  readonly #makers = new Map<Digest, { call: string; port: string; found: boolean; key?: Digest }>();
  /** How to compute a call again, should its artifact turn out to be lost. */
  readonly #recipes = new Map<Digest, () => Promise<Outcome>>();
  readonly #remaking = new Map<Digest, Promise<void>>();
  readonly #children = new Set<string>();
  readonly #calls: { readonly call: string; readonly outcome: Promise<Outcome> }[] = [];
  /** Calls whose handles somebody waited for: their failures are seen. */
  readonly #used = new Set<string>();
  readonly #failures: { readonly call: string; readonly error: unknown }[] = [];
  readonly #gate = new Turnstile(MOST_IN_FLIGHT);
  /** Nodes under way. */
  #inFlight = 0;
  /** Durable children under way: a review may be for weeks. */
  #childrenOpen = 0;
  #draining = false;
  #stopped = false;
  /** Calls that a partial run leaves out. */
  #left = 0;
  #looking = 0;

  readonly recoveries = new Recoveries();
  readonly #options: EngineOptions;

  constructor(run: RunFacts, graph: GraphKeeper, options: EngineOptions = {}) {
    this.run = run;
    this.graph = graph;
    this.#options = options;
    this.#finder = new Finder((keys) => engineActivities()['trainyard.lookup'](keys));
    this.approvals = new Approvals((approval) => graph.approval(approval, this.#scope()));
  }

  addFinished(rows: Iterable<readonly [Digest, FoundOutputs]>): void {
    this.#finder.add(rows);
  }

  finished(): [Digest, FoundOutputs][] {
    return this.#finder.rows();
  }

  /** Resolves when the run should continue as new: its history is long and nothing is under way any more. */
  drained(): Promise<boolean> {
    return condition(() => this.#draining && !this.#stopped && this.#inFlight === 0 && this.#childrenOpen === 0).then(
      () => true,
    );
  }

  /** Starts nothing new, and waits until no node is under way. Children are asked to end when the run closes. */
  async finishRunning(): Promise<void> {
    this.#stopped = true;
    this.#draining = true;
    await condition(() => this.#inFlight === 0);
  }

  /** Resolves when a partial run has nothing left to do but what it leaves out; throws a failure that nobody looked at. */
  partDone(): Promise<boolean> {
    const idle = (): boolean =>
      this.#inFlight === 0 && this.#looking === 0 && this.recoveries.open === 0 && this.approvals.open === 0;
    // `condition` looks at once: not before the calls that were just made have come to their look-ups.
    let begun = false;
    void Promise.resolve().then(() => (begun = true));
    return condition(() => begun && this.#left > 0 && idle()).then(() => {
      const unseen = this.#failures.find(({ call }) => !this.#used.has(call));
      if (unseen) throw unseen.error;
      return true;
    });
  }

  scope<T>(name: string, fn: () => T): T {
    const outer = this.#scope();
    return this.#scopes.run(outer === '' ? name : `${outer}/${name}`, fn);
  }

  call(contract: AnyContract, args: Readonly<Record<string, unknown>>, options: CallOptions): Record<string, Handle> {
    const wired = wireCall(contract, args);
    const { spec } = contract;
    const pool = placeNode(spec.name, { ...spec.resources, ...options.resources }, bundleData().pools);
    const node = this.graph.add({
      node: spec.name,
      kind: 'node',
      scope: this.#scope(),
      inputs: edges(wired),
      pool: pool.name,
      summary: options.summary,
      title: spec.title,
    });
    const outcome = this.#settle(node, contract, wired, options, pool.name);
    outcome.catch((error: unknown) => this.#failures.push({ call: node.call, error }));
    const ports = outputPorts(spec);
    const handles: Record<string, Handle> = {};
    for (const [port, kind] of Object.entries(ports)) {
      const promise = outcome.then(({ outputs }) => outputs[port] as Ref);
      const onUse = (): void => void this.#used.add(node.call);
      handles[port] = makeHandle({ kind, call: node.call, port, node: spec.name, promise, onUse });
    }
    this.#calls.push({ call: node.call, outcome });
    return handles;
  }

  /**
   * Waits until every call has come to its end, also those whose handles the pipeline let go. Throws the failure of the
   * first one that nobody looked at: it must not pass unseen.
   */
  async settled(): Promise<void> {
    // Calls that are made while this waits join the list, and are waited for too.
    for (const { call, outcome } of this.#calls) {
      await outcome.catch((error: unknown) => {
        if (!this.#used.has(call)) throw error;
      });
    }
  }

  decide: PipelineRuntime['decide'] = (decision) => {
    const inputs = (decision.after ?? []).map((handle) => ({
      port: 'evidence',
      from: handle.call,
      fromPort: handle.port,
    }));
    this.graph.decision({ ...decision, scope: this.#scope(), inputs });
  };

  approve: PipelineRuntime['approve'] = (ask) => this.approvals.ask(ask);

  async child(call: ChildCall): Promise<Json> {
    const scope = this.#scope();
    const name = scope === '' ? call.name : `${scope}/${call.name}`;
    const workflowId = `${this.run.id}/${name.replaceAll('/', '.')}`;
    if (this.#children.has(workflowId)) {
      throw new TrainyardError('TY-PARAM', {
        what: `two children of this run are called "${name}"`,
        where: { run: this.run.id },
        remedy: 'give each a name of its own',
      });
    }
    this.#children.add(workflowId);
    const node = this.graph.add({
      node: call.workflow,
      kind: 'child',
      scope,
      inputs: this.#edgesOfRefs(call.args),
      summary: call.name,
      workflowId,
    });
    const part = this.#childPart(node, call);
    if (part) return part;
    this.graph.update(node, { state: 'running', startedAt: Date.now() });
    this.#childrenOpen++;
    try {
      const result = await executeChild(call.workflow, {
        workflowId,
        args: [{ args: call.args, run: this.run, name: call.name, scope: name }],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        staticSummary: `${call.workflow} ${name} of ${this.run.id}`,
      });
      this.#noteMade(result, node.call);
      const outputs = isRef(result) ? { outputs: { out: result } } : {};
      this.graph.update(node, { state: 'done', endedAt: Date.now(), ...outputs });
      return result as Json;
    } catch (error) {
      throw this.#fail(node, error);
    } finally {
      this.#childrenOpen--;
      this.#children.delete(workflowId);
    }
  }

  async value(handle: Handle): Promise<unknown> {
    const ref = await handle;
    if (ref.value !== undefined) return ref.value;
    this.#looking++;
    return engineActivities()
      ['trainyard.value'](ref)
      .finally(() => this.#looking--);
  }

  #scope(): string {
    return this.#scopes.getStore() ?? '';
  }

  async #settle(
    node: GraphNode,
    contract: AnyContract,
    wired: WiredCall,
    options: CallOptions,
    pool: string,
  ): Promise<Outcome> {
    this.graph.update(node, { params: wired.params });
    const part = this.#part(node);
    if (part) return part;
    try {
      for (let again: Recovery | undefined; ;) {
        try {
          return await this.#attempt(
            node,
            contract,
            again ? rewire(contract, wired, again) : wired,
            options,
            again?.pool ?? pool,
          );
        } catch (error) {
          again = await this.#recover(node, contract, error, again?.pool ?? pool);
          if (again.action === 'skip') return await this.#given(node, contract, again);
        }
      }
    } catch (error) {
      throw this.#fail(node, error);
    }
  }

  /** What a partial run says of a call: its former outputs, or that it is not run; nothing when it runs as usual. */
  #part(node: GraphNode): Promise<Outcome> | undefined {
    const { part } = this.#options;
    if (!part) return undefined;
    const label = callLabel(node.scope, node.node, node.params ?? null);
    const outputs = part.keep[label];
    if (outputs) {
      this.graph.update(node, { state: 'found', outputs, startedAt: Date.now(), endedAt: Date.now() });
      const outcome = { outputs, found: true };
      this.#noteMakers(node, outcome);
      return Promise.resolve(outcome);
    }
    return this.#leaveOut(node, label);
  }

  /** The same of a durable child, which is named by its workflow and its name. */
  #childPart(node: GraphNode, { workflow, name }: ChildCall): Promise<Json> | undefined {
    const { part } = this.#options;
    if (!part) return undefined;
    const label = callLabel(node.scope, workflow, name);
    const result = part.children?.[label];
    if (result === undefined) return this.#leaveOut(node, label);
    this.#noteMade(result, node.call);
    const outputs = isRef(result) ? { outputs: { out: result } } : {};
    this.graph.update(node, { state: 'found', startedAt: Date.now(), endedAt: Date.now(), ...outputs });
    return Promise.resolve(result);
  }

  /** A call that a partial run leaves out never settles: nothing that needs it is run either. */
  #leaveOut(node: GraphNode, label: string): Promise<never> | undefined {
    const never = this.#options.part?.never ?? [];
    if (!never.includes(label) && !never.includes(anyCallLabel(node.scope, node.node))) return undefined;
    this.#left++;
    this.graph.update(node, { state: 'skipped' });
    return new Promise<never>(() => undefined);
  }

  async #attempt(
    node: GraphNode,
    contract: AnyContract,
    wired: WiredCall,
    options: CallOptions,
    pool: string,
  ): Promise<Outcome> {
    const inputs = await this.#resolve(wired, node);
    const identity = this.#identity(contract, wired, inputs, options);
    const key = nodeKey(identity);
    this.graph.update(node, { key, params: wired.params, pool });
    let computation = this.#computations.get(key);
    const shared = computation !== undefined;
    if (!computation) {
      const call = { key, identity, inputs, params: wired.params, options, pool };
      computation = this.#compute(node, contract, call);
      this.#computations.set(key, computation);
      this.#recipes.set(key, () => this.#schedule(node, contract, call));
      // A failure is not kept: an operator, or an equal call later in a catch, may try again.
      computation.catch(() => this.#computations.delete(key));
    }
    const outcome = await computation;
    if (shared)
      this.graph.update(node, { state: 'found', outputs: outcome.outputs, endedAt: Date.now(), startedAt: Date.now() });
    this.#noteMakers(node, outcome, key);
    this.graph.note(contract, outcome.outputs);
    return outcome;
  }

  #noteMakers(node: GraphNode, outcome: Outcome, key?: Digest): void {
    for (const [port, ref] of Object.entries(outcome.outputs)) {
      if (this.#makers.has(ref.digest)) continue;
      this.#makers.set(ref.digest, { call: node.call, port, found: outcome.found, ...(key ? { key } : {}) });
    }
  }

  /** Leaves a failed node waiting for an operator, where the run says so; throws the failure otherwise. */
  async #recover(node: GraphNode, contract: AnyContract, error: unknown, pool: string): Promise<Recovery> {
    const explained = explainFailure(error, { node: node.node, run: this.run.id, pool });
    const own =
      isTrainyardError(explained) && (explained.where.node === undefined || explained.where.node === node.node);
    if (this.#options.onFailure !== 'pause' || isCancellation(error) || !own || this.#stopped) throw explained;
    const ports = Object.keys(outputPorts(contract.spec));
    const pools = bundleData().pools.map((one) => one.name);
    this.graph.update(node, { state: 'paused', error: errorRecord(explained), choices: { ports, pools } });
    const recovery = await this.recoveries.ask(node.call, ports, pools).finally(() => delete node.choices);
    const { action, by, why } = recovery;
    this.graph.update(node, { recoveries: [...(node.recoveries ?? []), { action, by, why, at: Date.now() }] });
    if (action === 'fail') throw explained;
    this.graph.clearError(node);
    return recovery;
  }

  /** The outputs that an operator gave in a failed node's place. */
  async #given(node: GraphNode, contract: AnyContract, recovery: Recovery): Promise<Outcome> {
    const outputs: Record<string, Ref> = {};
    for (const [port, kind] of Object.entries(outputPorts(contract.spec))) {
      const value = recovery.outputs?.[port] as Json;
      outputs[port] =
        isRef(value) && value.kind === kind.kind ? value : await engineActivities()['trainyard.give'](kind.kind, value);
    }
    if (node.key !== undefined) this.#finder.add([[node.key as Digest, outputs]]);
    this.graph.update(node, { state: 'skipped', given: true, outputs, endedAt: Date.now() });
    const outcome = { outputs, found: false };
    this.#noteMakers(node, outcome);
    return outcome;
  }

  #identity(contract: AnyContract, wired: WiredCall, inputs: NodeTask['inputs'], options: CallOptions): NodeIdentity {
    const { spec } = contract;
    const code = bundleData().codes[spec.name];
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
    const keyed = spec.notInKey ? omit(wired.params, spec.notInKey) : wired.params;
    return {
      node: spec.name,
      version: spec.version,
      code,
      params: keyed,
      inputs: digests,
      threads: options.resources?.cpu ?? spec.resources?.cpu ?? 1,
      seed: spec.seeded ? this.run.seed : undefined,
      id: options.id,
      // What may not be found by other runs is still found by the resumes of this one.
      lineage: spec.effect || spec.cache === false ? this.run.lineage : undefined,
    };
  }

  async #compute(
    node: GraphNode,
    contract: AnyContract,
    call: {
      key: Digest;
      identity: NodeIdentity;
      inputs: NodeTask['inputs'];
      params: Json;
      options: CallOptions;
      pool: string;
    },
  ): Promise<Outcome> {
    // Where an input was computed just now, a former result is unlikely: the Activity looks it up itself then.
    if (this.#allFound(call.inputs)) {
      const found = this.#finder.known(call.key) ?? (await this.#look(call.key));
      if (found) {
        this.graph.update(node, { state: 'found', outputs: found, startedAt: Date.now(), endedAt: Date.now() });
        return { outputs: found, found: true };
      }
    }
    await this.#gate.enter();
    if (this.#draining || workflowInfo().historyLength > DRAIN_AT_EVENTS || workflowInfo().continueAsNewSuggested) {
      this.#draining = true;
      return new Promise<Outcome>(() => undefined);
    }
    try {
      return await this.#withInputs(node, contract, call);
    } finally {
      this.#gate.leave();
    }
  }

  /** Schedules a call; an input that was lost in the store is computed again, then the call is. */
  async #withInputs(node: GraphNode, contract: AnyContract, call: Call): Promise<Outcome> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.#schedule(node, contract, call);
      } catch (error) {
        const explained = explainFailure(error, { node: node.node, run: this.run.id, pool: call.pool });
        if (tries >= MOST_REMAKES || !(await this.#remakeInput(explained, call.inputs))) throw explained;
      }
    }
  }

  /** Computes again the input that was found missing or damaged when it was read; false when that was not the trouble. */
  async #remakeInput(error: unknown, inputs: NodeTask['inputs']): Promise<boolean> {
    if (!isTrainyardError(error) || (error.code !== 'TY-STORE-MISSING' && error.code !== 'TY-STORE-DAMAGED'))
      return false;
    const lost = Object.values(inputs)
      .flatMap((given) => (isRefList(given) ? given : [given]))
      .find((ref) => ref.digest === error.where.file);
    const key = lost && this.#makers.get(lost.digest)?.key;
    const recipe = key && this.#recipes.get(key);
    if (!recipe) return false;
    let remaking = this.#remaking.get(key);
    if (!remaking) {
      remaking = recipe().then(() => void this.#remaking.delete(key));
      this.#remaking.set(key, remaking);
    }
    await remaking;
    return true;
  }

  async #schedule(node: GraphNode, contract: AnyContract, call: Call): Promise<Outcome> {
    this.#inFlight++;
    try {
      this.graph.update(node, { state: 'running', startedAt: Date.now() });
      const { spec } = contract;
      const task: NodeTask = {
        run: { id: this.run.id, lineage: this.run.lineage, pipeline: this.run.pipeline, cause: this.run.cause },
        node: spec.name,
        version: spec.version,
        code: call.identity.code,
        key: call.key,
        params: call.params,
        inputs: call.inputs,
        ...(spec.seeded ? { seed: nodeSeed(call.key) } : {}),
        threads: call.identity.threads ?? 1,
        keyed: keyedParts(spec, call.identity),
        scope: node.scope,
        call: node.call,
        pool: call.pool,
        settings: settingsOf(spec, call.options),
      };
      const result: NodeResult = await runNodeActivity(spec, call.options, task, node.summary ?? node.scope);
      this.#finder.add([[call.key, result.outputs]]);
      const { worker, device, attempt, ms } = result;
      this.graph.update(node, {
        state: result.found ? 'found' : 'done',
        outputs: result.outputs,
        endedAt: Date.now(),
        worker,
        device,
        attempt,
        ms,
      });
      return { outputs: result.outputs, found: result.found };
    } finally {
      this.#inFlight--;
    }
  }

  async #look(key: Digest): Promise<FoundOutputs | null> {
    this.#looking++;
    try {
      return await this.#finder.find(key);
    } finally {
      this.#looking--;
    }
  }

  #allFound(inputs: NodeTask['inputs']): boolean {
    return Object.values(inputs).every((given) =>
      (isRefList(given) ? given : [given]).every((ref) => this.#makers.get(ref.digest)?.found ?? true),
    );
  }

  async #resolve(wired: WiredCall, node: GraphNode): Promise<NodeTask['inputs']> {
    const resolved: Record<string, Ref | readonly Ref[]> = {};
    for (const [port, given] of wired.inputs) {
      resolved[port] = isGivenList(given)
        ? await Promise.all(given.map(async (item) => await this.#refOf(item, node, port)))
        : await this.#refOf(given, node, port);
    }
    return resolved;
  }

  async #refOf(given: Given, node: GraphNode, port: string): Promise<Ref> {
    const ref: Ref = isHandle(given) ? await given : given;
    const maker = this.#makers.get(ref.digest);
    if (maker && !(isHandle(given) && this.graph.has(given.call)))
      this.graph.edge(node, { port, from: maker.call, fromPort: maker.port });
    return ref;
  }

  #edgesOfRefs(value: unknown): GraphNode['inputs'] {
    const found: { port: string; from: string; fromPort: string }[] = [];
    const walk = (part: unknown, port: string): void => {
      if (typeof part !== 'object' || part === null) return;
      const maker = 'digest' in part ? this.#makers.get(part.digest as Digest) : undefined;
      if (maker) found.push({ port, from: maker.call, fromPort: maker.port });
      else for (const [name, inner] of Object.entries(part)) walk(inner, name);
    };
    walk(value, 'args');
    return found;
  }

  #noteMade(value: unknown, call: string): void {
    if (typeof value !== 'object' || value === null) return;
    if ('digest' in value && 'kind' in value) {
      if (!this.#makers.has(value.digest as Digest))
        this.#makers.set(value.digest as Digest, { call, port: 'out', found: false });
    } else for (const inner of Object.values(value)) this.#noteMade(inner, call);
  }

  #fail(node: GraphNode, error: unknown): unknown {
    const explained = explainFailure(error, {
      node: node.node,
      run: this.run.id,
      ...(node.pool ? { pool: node.pool } : {}),
    });
    const because =
      isTrainyardError(explained) && explained.where.node !== undefined && explained.where.node !== node.node;
    this.graph.update(node, {
      state: isCancellation(error) ? 'cancelled' : because ? 'skipped' : 'failed',
      endedAt: Date.now(),
      ...(isCancellation(error) ? {} : { error: errorRecord(explained) }),
    });
    return explained;
  }
}

function edges(wired: WiredCall): GraphNode['inputs'] {
  return [...wired.inputs].flatMap(([port, given]) =>
    (isGivenList(given) ? given : [given])
      .filter(isHandle)
      .map((handle) => ({ port, from: handle.call, fromPort: handle.port })),
  );
}

function isGivenList(given: Given | readonly Given[]): given is readonly Given[] {
  return Array.isArray(given);
}

function isRefList(given: Ref | readonly Ref[]): given is readonly Ref[] {
  return Array.isArray(given);
}

function omit(params: Json, names: readonly string[]): Json {
  return Object.fromEntries(
    Object.entries(params as { [key: string]: Json }).filter(([name]) => !names.includes(name)),
  );
}

function settingsOf(spec: AnyContract['spec'], options: CallOptions): NodeTask['settings'] {
  const memory = options.resources?.memory ?? spec.resources?.memory;
  const attempts = options.retry?.attempts ?? spec.retry?.attempts ?? DEFAULT_ATTEMPTS;
  return { attempts, light: spec.light ?? false, ...(memory === undefined ? {} : { memory }) };
}

function keyedParts(spec: AnyContract['spec'], { seed, id, lineage }: NodeIdentity): KeyedParts {
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(id === undefined ? {} : { id }),
    ...(lineage === undefined ? {} : { lineage }),
    ...(spec.notInKey === undefined ? {} : { leftOut: spec.notInKey }),
  };
}

/** A call with the parameters that an operator changed. */
function rewire(contract: AnyContract, wired: WiredCall, recovery: Recovery): WiredCall {
  if (!recovery.params) return wired;
  const inputs = Object.fromEntries(wired.inputs);
  return wireCall(contract, { ...inputs, ...(wired.params as { [name: string]: Json }), ...recovery.params });
}
