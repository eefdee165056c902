import { AsyncLocalStorage } from '@temporalio/workflow';
import type { Digest } from '../../core/digest.js';
import type { GraphNode } from '../../core/graph.js';
import { makeHandle, type Handle } from '../../core/handle.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import { outputPorts, type AnyContract, type CallOptions } from '../../core/node.js';
import type { ChildCall, PipelineRuntime, RunFacts } from '../../core/runtime.js';
import type { Recovery, TrialFacts } from '../../core/task.js';
import { Approvals } from './approvals.js';
import { bundleData, processNamed } from './bundle-data.js';
import { callOf, edges, factsOf, refuseSealed, type AskedCall, type Call } from './call.js';
import { Children } from './children.js';
import { Ends } from './call-failures.js';
import type { GraphKeeper } from './graph-keeper.js';
import { Inputs } from './inputs.js';
import { Makers } from './artifact-origins.js';
import type { EngineOptions } from './options.js';
import { Order, type Turn } from './order.js';
import { Part } from './partial-run.js';
import { placeNode } from './choose-pool.js';
import type { Recoveries } from './recovery-log.js';
import { Scheduler, type Outcome } from './scheduler.js';
import { readValue } from './read-value.js';
import { Troubles } from './operator-recovery.js';
import { when } from './answer-order.js';
import { wireCall } from './wire.js';
import type { FoundOutputs } from './contract.js';

/**
 * The runtime of a pipeline inside its Workflow: small, deterministic, without I/O. Handles are made at once; a node is
 * scheduled when its inputs are known, its key computed and its result not found. Identity is content: two equal calls
 * are one computation, whatever the order in which branches come along.
 */
export class Engine implements PipelineRuntime {
  readonly run: RunFacts;
  readonly graph: GraphKeeper;
  readonly approvals: Approvals;
  /** In which the pipeline sees things end; runs that were begun without one go on without. */
  readonly order: Order | undefined;
  readonly #makers = new Makers();
  readonly #scheduler: Scheduler;
  readonly #inputs: Inputs;
  readonly #part: Part | undefined;
  readonly #scopes = new AsyncLocalStorage<string>();
  readonly #trials = new AsyncLocalStorage<TrialFacts>();
  readonly #children: Children;
  readonly #calls = new Map<string, Promise<Outcome>>();
  /** Calls whose handles somebody waited for: their failures are seen. */
  readonly #used = new Set<string>();
  readonly #ends: Ends;
  readonly #troubles: Troubles;
  readonly #failures: { readonly call: string; readonly error: unknown }[] = [];

  constructor(run: RunFacts, graph: GraphKeeper, options: EngineOptions = {}) {
    this.run = run;
    this.graph = graph;
    this.#ends = new Ends(run.id, graph);
    this.#scheduler = new Scheduler(run, graph, this.#makers);
    this.order = options.inOrder ? new Order(() => this.#scheduler.lookingUp) : undefined;
    this.#inputs = new Inputs(graph, this.#makers, this.order && ((call) => this.#outcomeFor(call)));
    this.#part = options.part && new Part(options.part, graph, this.#makers);
    const { onFailure, grow } = options;
    const [scheduler, ends, part] = [this.#scheduler, this.#ends, this.#part];
    this.#troubles = new Troubles({ run, graph, scheduler, ends, part, onFailure });
    this.#children = new Children({ run, graph, ends, part, makers: this.#makers, grow });
    this.approvals = new Approvals((ask, at) => graph.approval(ask, at));
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
    await when(() => this.#scheduler.drained && this.#children.open === 0);
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
    const idle = (): boolean =>
      this.#scheduler.idle && this.recoveries.open === 0 && this.approvals.open === 0 && (this.order?.resting ?? true);
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
    const turn = this.order?.turn<FoundOutputs>(node);
    const found = this.#foundAtOnce(node, asked, turn);
    if (found) return this.#handles(node, contract, found, turn);
    const outcome = this.#settle(node, asked, turn);
    outcome.catch((error: unknown) => this.#failures.push({ call: node.call, error }));
    this.#calls.set(node.call, outcome);
    if (turn)
      outcome.then(
        ({ outputs }) => this.order?.ends(turn, { given: outputs }),
        (failure: unknown) => this.order?.ends(turn, { failure }),
      );
    return this.#handles(node, contract, outcome, turn);
  }

  #handles(
    { call }: GraphNode,
    { spec }: AnyContract,
    outcome: Outcome | Promise<Outcome>,
    turn: Turn<FoundOutputs> | undefined,
  ): Record<string, Handle> {
    const handles: Record<string, Handle> = {};
    const { order } = this;
    const seen = order && turn && (() => order.sees(turn));
    for (const [port, kind] of Object.entries(outputPorts(spec))) {
      const ref = seen
        ? (): Promise<Ref> => seen().then((outputs) => outputs[port] as Ref)
        : 'outputs' in outcome
          ? (outcome.outputs[port] as Ref)
          : outcome.then(({ outputs }) => outputs[port] as Ref);
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
    for (const [call, outcome] of this.#calls) {
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

  approve: PipelineRuntime['approve'] = (ask) => {
    const scope = this.#scope();
    return this.#inOrder(`approval ${scope}/${ask.name}`, false, () => this.approvals.ask({ ...ask, scope }));
  };

  child(call: ChildCall): Promise<Json> {
    const scope = this.#scope();
    // Some wait for people, and what a partial run leaves out never ends; all others end by themselves.
    const ends =
      processNamed(call.workflow)?.ends === 'by itself' && !this.#part?.leavesOut(scope, call.workflow, call.name);
    return this.#inOrder(`child ${scope}/${call.name}`, ends, () => this.#children.run(call, scope));
  }

  #inOrder<T>(id: string, underWay: boolean, work: () => Promise<T>): Promise<T> {
    return this.order ? this.order.inOrder(id, underWay, work) : work();
  }

  async value(handle: Handle | Ref): Promise<unknown> {
    const ref = await handle;
    if (ref.value !== undefined) return ref.value;
    return this.#inOrder(`value ${ref.digest}`, true, () => this.#scheduler.looking(() => readValue(ref)));
  }

  #scope(): string {
    return this.#scopes.getStore() ?? '';
  }

  async #settle(node: GraphNode, asked: AskedCall, turn: Turn<FoundOutputs> | undefined): Promise<Outcome> {
    const { contract, wired } = asked;
    this.graph.update(node, { params: wired.params });
    const part = this.#part?.node(node);
    const kept = part && this.#part?.keyOf(node);
    if (turn && kept !== undefined) this.order?.begins(turn, kept);
    if (part) return part;
    try {
      // The key that the pipeline asks for, now and when it runs again.
      let key: Digest | undefined;
      let again: Recovery | undefined;
      for (let now = this.#troubles.first(node, asked); ;) {
        try {
          const outcome = await this.#attempt(node, now, turn);
          if (again?.params && key !== undefined) await this.#troubles.decided(key, outcome.outputs, again, node);
          return outcome;
        } catch (error) {
          key ??= node.key as Digest | undefined;
          if (turn) this.order?.rests(turn);
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

  /** What a call comes to, for one that uses it: it has been looked at then. */
  #outcomeFor(call: string): Promise<Outcome> | undefined {
    this.#used.add(call);
    return this.#calls.get(call);
  }

  /** What a call comes to whose inputs and result are known: without waiting, as most calls of a repeated run. */
  #foundAtOnce(node: GraphNode, asked: AskedCall, turn: Turn<FoundOutputs> | undefined): Outcome | undefined {
    const inputs = this.#part ? undefined : this.#inputs.now(asked.wired, node);
    // What has no implementation fails where it waits.
    if (!inputs || bundleData().codes[node.node] === undefined) return undefined;
    const call = callOf(this.run, asked, inputs);
    const outputs = this.#scheduler.foundAtOnce(node, asked.contract, call);
    if (!outputs) return undefined;
    const { key } = call;
    const now = Date.now();
    this.graph.update(node, { ...factsOf(call), state: 'found', outputs, startedAt: now, endedAt: now });
    if (turn) {
      this.order?.begins(turn, key, false);
      this.order?.ends(turn, { given: outputs });
    }
    return this.#noteOutcome(node, asked.contract, call, { outputs, found: true });
  }

  async #attempt(node: GraphNode, asked: AskedCall, turn: Turn<FoundOutputs> | undefined): Promise<Outcome> {
    const { contract, wired } = asked;
    const call = callOf(this.run, asked, this.#inputs.now(wired, node) ?? (await this.#inputs.when(wired, node)));
    const { key } = call;
    this.graph.update(node, factsOf(call));
    if (turn) this.order?.begins(turn, key);
    this.#troubles.takeUp(node, key);
    const { computation, shared } = this.#scheduler.outcome(node, contract, call);
    const outcome = await computation;
    if (shared)
      this.graph.update(node, { state: 'found', outputs: outcome.outputs, endedAt: Date.now(), startedAt: Date.now() });
    return this.#noteOutcome(node, contract, call, outcome);
  }

  #noteOutcome(node: GraphNode, contract: AnyContract, { key, inputs }: Call, outcome: Outcome): Outcome {
    const { outputs, found } = outcome;
    this.#inputs.note(node.call, outputs);
    this.#makers.note(node.call, outputs, found, key);
    this.graph.note(contract, outputs);
    // A part of a run takes what another run has read.
    if (!this.#part) this.graph.noteReadOn(contract, inputs, outputs);
    return outcome;
  }
}
