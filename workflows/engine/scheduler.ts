import { workflowInfo } from '@temporalio/workflow';
import type { Digest } from '../../core/digest.js';
import { isTrainyardError } from '@trainyard/errors';
import type { GraphNode } from '../../core/graph.js';
import type { AnyContract } from '../../core/node.js';
import type { RunFacts } from '../../core/runtime.js';
import { jsonBytes } from '../../core/paging.js';
import type { NodeResult, NodeTask, SentTask } from '../../core/task.js';
import { isRefList, taskOf, type Call } from './call.js';
import { explainFailure } from './failure.js';
import { Finder } from './finder.js';
import type { GraphKeeper } from './graph-keeper.js';
import { InlineNodes } from './inline.js';
import type { Makers } from './artifact-origins.js';
import type { CarriedRow } from './contract.js';
import { engineActivities, runNodeActivity } from './proxies.js';
import { when } from './answer-order.js';
import { Turnstile } from '../../core/semaphore.js';
import type { FoundOutputs } from './contract.js';

/**
 * Length of a history up to which a run starts nodes; then it drains and continues as new. Temporal warns from 10,240
 * events and 10 MB on, and ends a run at 51,200 or 50 MB.
 */
const MOST_EVENTS = 9_500;
const MOST_BYTES = 8_000_000;

/** Events that come of a node in flight at most: its Activity's three, and those of a Workflow task of its own. */
const EVENTS_A_NODE = 6;

/** Nodes of one run that may be scheduled at once: Temporal takes 2,000 pending Activities, and draining waits for all. */
const MOST_IN_FLIGHT = 500;

/** Parameters and inputs that take more bytes wait in the store: as many tasks as this go to the server in one message of 4 MB. */
const MOST_TASK_BYTES = 6_000;

/** How often a node's lost inputs are computed again before it fails. */
const MOST_REMAKES = 5;

/** What a call came to. */
export interface Outcome {
  readonly outputs: FoundOutputs;
  readonly found: boolean;
}

/**
 * Finds or computes calls whose keys are known. Equal keys are one computation; what is found costs no Activity; the
 * others are scheduled, a bounded number at once, and none any more once the run drains.
 */
export class Scheduler {
  readonly #run: RunFacts;
  readonly #graph: GraphKeeper;
  readonly #makers: Makers;
  readonly #finder = new Finder((keys) => engineActivities()['trainyard.lookup'](keys));
  readonly #computations = new Map<Digest, Promise<Outcome>>();
  /** How to compute a call again, should its artifact turn out to be lost. */
  readonly #recipes = new Map<Digest, () => Promise<Outcome>>();
  readonly #remaking = new Map<Digest, Promise<void>>();
  readonly #gate = new Turnstile(MOST_IN_FLIGHT);
  #carriedBytes = 0;
  readonly #inline = new InlineNodes();
  #inFlight = 0;
  #looking = 0;
  #draining = false;
  #stopped = false;

  constructor(run: RunFacts, graph: GraphKeeper, makers: Makers) {
    this.#run = run;
    this.#graph = graph;
    this.#makers = makers;
  }

  addFinished(rows: Iterable<readonly [string, FoundOutputs | null, ...unknown[]]>): void {
    this.#finder.add(rows);
  }

  /** Takes up what the run carries: `bytes` of its history are that, and no reason to continue as new once more. */
  carryOn(rows: readonly CarriedRow[], bytes: number): void {
    this.#finder.addCarried(rows);
    this.#carriedBytes = bytes;
  }

  /** What has become known since then. */
  fresh(): [Digest, FoundOutputs][] {
    return this.#finder.fresh();
  }

  /** True once nothing new is started because the run failed. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Whether neither a node nor a look-up is under way. */
  get idle(): boolean {
    return this.#inFlight === 0 && this.#looking === 0 && this.#finder.open === 0;
  }

  /** Whether a look-up of results is under way. */
  get lookingUp(): boolean {
    return this.#finder.open > 0;
  }

  /** Whether the run should continue as new now: its history is long, and no node is under way any more. */
  get drained(): boolean {
    return this.#draining && !this.#stopped && this.#inFlight === 0;
  }

  /** Starts nothing new, so that the run can continue as new. */
  drain(): void {
    this.#draining = true;
  }

  /** Starts nothing new, and waits until no node is under way. */
  async finishRunning(): Promise<void> {
    this.#stopped = true;
    this.#draining = true;
    await when(() => this.#inFlight === 0);
  }

  /** Counts a look-up of another kind as being under way. */
  async looking<T>(look: () => Promise<T>): Promise<T> {
    this.#looking++;
    try {
      return await look();
    } finally {
      this.#looking--;
    }
  }

  /** The outcome of a call: that of an equal one where there is one. `shared` says so. */
  outcome(node: GraphNode, contract: AnyContract, call: Call): { computation: Promise<Outcome>; shared: boolean } {
    const known = this.#computations.get(call.key);
    if (known) return { computation: known, shared: true };
    const computation = this.#compute(node, contract, call);
    this.#computations.set(call.key, computation);
    this.#recipes.set(call.key, () => this.#withInputs(node, contract, call));
    // A failure is not kept: an operator, or an equal call later in a catch, may try again.
    computation.catch(() => this.#computations.delete(call.key));
    return { computation, shared: false };
  }

  /** Whether a call's result is known. */
  knows(key: Digest): boolean {
    return this.#finder.known(key) !== undefined;
  }

  /** A result that is known without asking anybody, of a call that no equal one is under way of. */
  foundAtOnce(node: GraphNode, contract: AnyContract, call: Call): FoundOutputs | undefined {
    if (this.#computations.has(call.key) || !this.#makers.allFound(call.inputs)) return undefined;
    const outputs = this.#finder.known(call.key);
    if (!outputs) return undefined;
    this.#recipes.set(call.key, () => this.#withInputs(node, contract, call));
    return outputs;
  }

  async #compute(node: GraphNode, contract: AnyContract, call: Call): Promise<Outcome> {
    // What is judged while it runs is looked up by the worker, which knows what a former call reported, too.
    if (!call.trial?.live) {
      // Where an input was computed just now, a former result is unlikely: the Activity looks it up itself then.
      const looks = this.#makers.allFound(call.inputs);
      const found = this.#finder.known(call.key) ?? (looks ? await this.#finder.find(call.key) : null);
      if (found) {
        this.#graph.update(node, { state: 'found', outputs: found, startedAt: Date.now(), endedAt: Date.now() });
        return { outputs: found, found: true };
      }
    }
    const turn = this.#gate.enter();
    if (turn) await turn;
    this.#draining ||= this.#isFull;
    if (this.#draining) {
      return new Promise<Outcome>(() => undefined);
    }
    try {
      return await this.#withInputs(node, contract, call);
    } finally {
      this.#gate.leave();
    }
  }

  get #isFull(): boolean {
    const { historyLength, historySize } = workflowInfo();
    return (
      historyLength + EVENTS_A_NODE * this.#inFlight > MOST_EVENTS ||
      historySize - 1.2 * this.#carriedBytes > MOST_BYTES
    );
  }

  /** Schedules a call; an input that was lost in the store is computed again, then the call is. */
  #withInputs(node: GraphNode, contract: AnyContract, call: Call, tries = 0): Promise<Outcome> {
    return this.#schedule(node, contract, call).catch(async (error: unknown) => {
      const explained = explainFailure(error, { node: node.node, run: this.#run.id, pool: call.pool });
      if (tries >= MOST_REMAKES || !(await this.#remakeInput(explained, call.inputs))) throw explained;
      return this.#withInputs(node, contract, call, tries + 1);
    });
  }

  /** Computes again the input that was found missing or damaged when it was read; false when that was not the trouble. */
  async #remakeInput(error: unknown, inputs: NodeTask['inputs']): Promise<boolean> {
    if (!isTrainyardError(error) || (error.code !== 'TY-STORE-MISSING' && error.code !== 'TY-STORE-DAMAGED'))
      return false;
    const lost = Object.values(inputs)
      .flatMap((given) => (isRefList(given) ? given : [given]))
      .find((ref) => ref.digest === error.where.file);
    const key = lost && this.#makers.of(lost.digest)?.key;
    const recipe = key && this.#recipes.get(key);
    if (!recipe) return false;
    let remaking = this.#remaking.get(key);
    if (!remaking) {
      // One that fails is over as well: the next that needs it tries again.
      const over = (): void => void this.#remaking.delete(key);
      remaking = recipe().then(over, (failure: unknown) => {
        over();
        throw failure;
      });
      this.#remaking.set(key, remaking);
    }
    await remaking;
    return true;
  }

  async #schedule(node: GraphNode, contract: AnyContract, call: Call): Promise<Outcome> {
    this.#inFlight++;
    try {
      this.#graph.update(node, { state: 'running', startedAt: Date.now() });
      const result = await this.#execute(node, contract, call);
      this.#finder.add([[call.key, result.outputs]]);
      const { worker, device, attempt, ms } = result;
      this.#graph.update(node, {
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

  /** A light node's first attempt is made here; all else is an Activity of the pool. */
  async #execute(node: GraphNode, contract: AnyContract, call: Call): Promise<NodeResult> {
    const { spec } = contract;
    let task = taskOf(this.#run, contract, call, node);
    const summary = node.summary ?? node.scope;
    if (call.inline) {
      const result = await this.#inline.run(spec, call.options, task, summary);
      if ('outputs' in result) return result;
      task = { ...task, failedInline: result.failed };
    }
    return runNodeActivity(spec, call.options, isShort(task) ? task : await byStore(task), summary);
  }
}

/** Whether a task goes through Temporal as it is; what is long goes by way of the store. */
function isShort({ params, inputs }: NodeTask): boolean {
  return jsonBytes({ params, inputs }) <= MOST_TASK_BYTES;
}

async function byStore({ params, inputs, ...short }: NodeTask): Promise<SentTask> {
  return { ...short, rest: await engineActivities()['trainyard.keep']({ params, inputs }) };
}
