import {
  executeChild,
  AsyncLocalStorage,
  ParentClosePolicy,
  ChildWorkflowCancellationType,
} from '@temporalio/workflow';
import { TrainyardError } from '../../core/errors/index.js';
import type { Digest } from '../../core/digest.js';
import type { GraphNode } from '../../core/graph.js';
import { isRef, makeHandle, type Handle } from '../../core/handle.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import { outputPorts, type AnyContract, type CallOptions } from '../../core/node.js';
import type { ChildCall, PipelineRuntime, RunFacts } from '../../core/runtime.js';
import { checkTravels } from '../../core/travel.js';
import type { Recovery, TrialFacts } from '../../core/task.js';
import { Approvals } from './approvals.js';
import { bundleData } from './bundle-data.js';
import { callOf, edges, factsOf, refuseSealed, type AskedCall } from './call.js';
import { Ends } from './ends.js';
import type { GraphKeeper } from './graph-keeper.js';
import { Inputs } from './inputs.js';
import { Makers } from './makers.js';
import type { EngineOptions } from './options.js';
import { Part } from './part.js';
import { placeNode } from './place.js';
import type { Recoveries } from './recoveries.js';
import { growthOf } from './growth.js';
import { Scheduler, type Outcome } from './scheduler.js';
import { readValue } from './read-value.js';
import { Troubles } from './troubles.js';
import { when } from './turns.js';
import { wireCall } from './wire.js';

/**
 * The runtime of a pipeline inside its Workflow: small, deterministic, without I/O. Handles are made at once; a node is
 * scheduled when its inputs are known, its key computed and its result not found. Identity is content: two equal calls
 * are one computation, whatever the order in which branches come along.
 */
export class Engine implements PipelineRuntime {
  readonly run: RunFacts;
  readonly graph: GraphKeeper;
  readonly approvals: Approvals;
  readonly #options: EngineOptions;
  readonly #makers = new Makers();
  readonly #scheduler: Scheduler;
  readonly #inputs: Inputs;
  readonly #part: Part | undefined;
  readonly #scopes = new AsyncLocalStorage<string>();
  readonly #trials = new AsyncLocalStorage<TrialFacts>();
  readonly #children = new Set<string>();
  readonly #calls: { readonly call: string; readonly outcome: Promise<Outcome> }[] = [];
  /** Calls whose handles somebody waited for: their failures are seen. */
  readonly #used = new Set<string>();
  readonly #ends: Ends;
  readonly #troubles: Troubles;
  readonly #failures: { readonly call: string; readonly error: unknown }[] = [];
  /** Durable children under way: a review may be for weeks. */
  #childrenOpen = 0;

  constructor(run: RunFacts, graph: GraphKeeper, options: EngineOptions = {}) {
    this.run = run;
    this.graph = graph;
    this.#ends = new Ends(run.id, graph);
    this.#options = options;
    this.#scheduler = new Scheduler(run, graph, this.#makers);
    this.#inputs = new Inputs(graph, this.#makers);
    this.#part = options.part && new Part(options.part, graph, this.#makers);
    const { onFailure } = options;
    const [scheduler, ends, part] = [this.#scheduler, this.#ends, this.#part];
    this.#troubles = new Troubles({ run, graph, scheduler, ends, part, onFailure });
    this.approvals = new Approvals((approval, at) => graph.approval(approval, this.#scope(), at));
  }

  /** What waits for an operator's decision. */
  get recoveries(): Recoveries {
    return this.#troubles.recoveries;
  }

  /** What is known of finished calls stands there: what runs before this one found, and what it finds itself. */
  get scheduler(): Scheduler {
    return this.#scheduler;
  }

  /** Resolves when the run should continue as new: its history is long and nothing is under way any more. */
  async drained(): Promise<void> {
    await when(() => this.#scheduler.drained && this.#childrenOpen === 0);
  }

  /** Throws what ends the run as a whole, should it come to that. */
  halted(): Promise<never> {
    return this.#ends.halted();
  }

  /** Starts nothing new, and waits until no node is under way. Children are asked to end when the run closes. */
  finishRunning(): Promise<void> {
    return this.#scheduler.finishRunning();
  }

  /** Resolves when a partial run has nothing left to do but what it leaves out; throws a failure that nobody looked at. */
  partDone(): Promise<boolean> {
    const idle = (): boolean => this.#scheduler.idle && this.recoveries.open === 0 && this.approvals.open === 0;
    // `when` looks at once: not before the calls that were just made have come to their look-ups.
    let begun = false;
    void Promise.resolve().then(() => (begun = true));
    return when(() => begun && (this.#part?.left ?? 0) > 0 && idle()).then(() => {
      const unseen = this.#failures.find(({ call }) => !this.#used.has(call));
      if (unseen) throw unseen.error;
      return true;
    });
  }

  scope<T>(name: string, fn: () => T): T {
    const outer = this.#scope();
    return this.#scopes.run(outer === '' ? name : `${outer}/${name}`, fn);
  }

  /** Makes all that `fn` calls part of a study's trial. */
  inTrial<T>(trial: TrialFacts, fn: () => T): T {
    return this.#trials.run(trial, fn);
  }

  /** Starts nothing new any more: the run continues as new once what is under way has ended. */
  drain(): void {
    this.#scheduler.drain();
  }

  call(contract: AnyContract, args: Readonly<Record<string, unknown>>, options: CallOptions): Record<string, Handle> {
    refuseSealed(contract, this.#trials.getStore());
    const wired = wireCall(contract, args, options);
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
    const asked = { contract, wired, options, pool: pool.name, trial: this.#trials.getStore() };
    const found = this.#foundAtOnce(node, asked);
    if (found) return this.#handles(node, contract, found);
    const outcome = this.#settle(node, asked);
    outcome.catch((error: unknown) => this.#failures.push({ call: node.call, error }));
    this.#calls.push({ call: node.call, outcome });
    return this.#handles(node, contract, outcome);
  }

  #handles({ call }: GraphNode, { spec }: AnyContract, outcome: Outcome | Promise<Outcome>): Record<string, Handle> {
    const handles: Record<string, Handle> = {};
    for (const [port, kind] of Object.entries(outputPorts(spec))) {
      const ref =
        'outputs' in outcome ? (outcome.outputs[port] as Ref) : outcome.then(({ outputs }) => outputs[port] as Ref);
      const onUse = (): void => void this.#used.add(call);
      handles[port] = makeHandle({ kind, call, port, node: spec.name, ref, onUse });
    }
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
    checkTravels(`what ${call.workflow} "${name}" is given`, call.args, { run: this.run.id, node: call.workflow });
    this.#children.add(workflowId);
    const node = this.graph.add({
      node: call.workflow,
      kind: 'child',
      scope,
      inputs: this.#makers.edgesOf(call.args),
      summary: call.name,
      workflowId,
    });
    const part = this.#part?.child(node, call.name);
    if (part) return part;
    this.graph.update(node, { state: 'running', startedAt: Date.now() });
    this.#childrenOpen++;
    try {
      const result = await executeChild(call.workflow, {
        workflowId,
        args: [
          { args: call.args, run: this.run, name: call.name, scope: name, ...growthOf(this.#options.grow, call, name) },
        ],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        staticSummary: `${call.workflow} ${name} of ${this.run.id}`,
      });
      this.#makers.noteWithin(result, node.call);
      const outputs = isRef(result) ? { outputs: { out: result } } : {};
      this.graph.update(node, { state: 'done', endedAt: Date.now(), ...outputs });
      return result as Json;
    } catch (error) {
      return await this.#ends.fail(node, error);
    } finally {
      this.#childrenOpen--;
      this.#children.delete(workflowId);
    }
  }

  async value(handle: Handle | Ref): Promise<unknown> {
    const ref = await handle;
    if (ref.value !== undefined) return ref.value;
    return this.#scheduler.looking(() => readValue(ref));
  }

  #scope(): string {
    return this.#scopes.getStore() ?? '';
  }

  async #settle(node: GraphNode, asked: AskedCall): Promise<Outcome> {
    const { contract, wired } = asked;
    this.graph.update(node, { params: wired.params });
    const part = this.#part?.node(node);
    if (part) return part;
    try {
      // The key that the pipeline asks for, now and when it runs again.
      let key: Digest | undefined;
      let again: Recovery | undefined;
      for (let now = this.#troubles.first(node, asked); ;) {
        try {
          const outcome = await this.#attempt(node, now);
          if (again?.params && key !== undefined) await this.#troubles.decided(key, outcome.outputs, again, node);
          return outcome;
        } catch (error) {
          key ??= node.key as Digest | undefined;
          const recovery = await this.#troubles.recover(node, now, error, key);
          if (recovery.action === 'skip') {
            const outputs = await this.#troubles.given(node, contract, recovery, key);
            this.#makers.note(node.call, outputs, false);
            return { outputs, found: false };
          }
          again = recovery;
          now = this.#troubles.again(node, asked, recovery);
        }
      }
    } catch (error) {
      return await this.#ends.fail(node, error);
    }
  }

  /** What a call comes to whose inputs and result are known: without waiting, as most calls of a repeated run. */
  #foundAtOnce(node: GraphNode, asked: AskedCall): Outcome | undefined {
    const inputs = this.#part ? undefined : this.#inputs.now(asked.wired, node);
    // What has no implementation fails where it waits.
    if (!inputs || bundleData().codes[node.node] === undefined) return undefined;
    const call = callOf(this.run, asked, inputs);
    const outputs = this.#scheduler.foundAtOnce(node, asked.contract, call);
    if (!outputs) return undefined;
    const { key } = call;
    const now = Date.now();
    this.graph.update(node, { ...factsOf(call), state: 'found', outputs, startedAt: now, endedAt: now });
    return this.#noteOutcome(node, asked.contract, { outputs, found: true }, key);
  }

  async #attempt(node: GraphNode, asked: AskedCall): Promise<Outcome> {
    const { contract, wired } = asked;
    const call = callOf(this.run, asked, this.#inputs.now(wired, node) ?? (await this.#inputs.when(wired, node)));
    const { key } = call;
    this.graph.update(node, factsOf(call));
    this.#troubles.takeUp(node, key);
    const { computation, shared } = this.#scheduler.outcome(node, contract, call);
    const outcome = await computation;
    if (shared)
      this.graph.update(node, { state: 'found', outputs: outcome.outputs, endedAt: Date.now(), startedAt: Date.now() });
    return this.#noteOutcome(node, contract, outcome, key);
  }

  #noteOutcome(node: GraphNode, contract: AnyContract, outcome: Outcome, key: Digest): Outcome {
    const { outputs, found } = outcome;
    this.#inputs.note(node.call, outputs);
    this.#makers.note(node.call, outputs, found, key);
    this.graph.note(contract, outputs);
    return outcome;
  }
}
