import { isCancellation } from '@temporalio/workflow';
import type { Digest } from '../../core/digest.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import type { GraphNode } from '../../core/graph.js';
import { outputPorts, type AnyContract } from '../../core/node.js';
import type { RunFacts } from '../../core/runtime.js';
import type { Recovery } from '../../core/task.js';
import { bundleData } from './bundle-data.js';
import { rewire, type AskedCall } from './call.js';
import type { Ends } from './call-failures.js';
import { errorRecord, explainFailure } from './failure.js';
import { decision, type GraphKeeper } from './graph-keeper.js';
import type { Part } from './partial-run.js';
import type { Made } from './contract.js';
import { engineActivities } from './proxies.js';
import { givenOutputs, Recoveries } from './recovery-log.js';
import type { Scheduler } from './scheduler.js';
import type { WiredCall } from './wire.js';
import type { FoundOutputs } from './contract.js';

interface Parts {
  readonly run: RunFacts;
  readonly graph: GraphKeeper;
  readonly scheduler: Scheduler;
  readonly ends: Ends;
  readonly part: Part | undefined;
  readonly onFailure: 'fail' | 'pause' | undefined;
}

/** Calls that failed: they wait for an operator where the run says so, and are computed, given or failed as he decides. */
export class Troubles {
  readonly recoveries = new Recoveries();
  readonly #parts: Parts;
  /** Calls that were taken up as they stood when the run continued as new. */
  readonly #takenUp = new Set<GraphNode>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The call with which a node begins: as an operator had it computed in the run that is repeated, if he had. */
  first(node: GraphNode, asked: AskedCall): AskedCall {
    const params = this.#parts.part?.instead(node);
    return params === undefined ? asked : { ...asked, wired: this.#rewired(node, asked, { params }) };
  }

  /** The call as an operator wants it tried again: in the pool that he names, or where it belongs. */
  again(node: GraphNode, asked: AskedCall, recovery: Recovery): AskedCall {
    // Who has a sealed test set opened again says why: it is the reason of the opening.
    const { why, by } = recovery;
    const options = why.trim() === '' ? asked.options : { ...asked.options, reason: why, saidBy: by };
    const wired = this.#rewired(node, asked, recovery);
    return { ...asked, wired, options, pool: recovery.pool ?? asked.pool, inline: false };
  }

  /** The call with other parameters; the graph tells both. */
  #rewired(node: GraphNode, { contract, wired }: AskedCall, { params }: Pick<Recovery, 'params'>): WiredCall {
    if (params === undefined) delete node.asked;
    else node.asked = wired.params;
    return rewire(contract, wired, params);
  }

  /** A call that waited for an operator when the run continued as new is not executed anew: throws what it failed with. */
  takeUp(node: GraphNode, key: Digest): void {
    const { graph, scheduler } = this.#parts;
    const told = scheduler.knows(key) || this.#takenUp.has(node) ? undefined : graph.interrupted(key);
    if (!told || (told.state !== 'waiting' && !told.error)) return;
    this.#takenUp.add(node);
    const { params, asked, recoveries } = told;
    const known = Object.entries({ params, asked, recoveries }).filter(([, value]) => value !== undefined);
    graph.update(node, Object.fromEntries(known) as Made);
    throw new Interrupted(told);
  }

  /**
   * Leaves a failed node waiting for an operator, where the run says so; throws the failure otherwise, and when he lets it
   * fail. `key` is the one that the pipeline asks for.
   */
  async recover(
    node: GraphNode,
    { contract, pool }: AskedCall,
    thrown: unknown,
    key: Digest | undefined,
  ): Promise<Recovery> {
    const { run, graph, scheduler, ends, onFailure } = this.#parts;
    const before = thrown instanceof Interrupted ? thrown.told : undefined;
    const error = before?.error ? TrainyardError.fromRecord(before.error) : thrown;
    if (before && key !== undefined) graph.trouble(key, node);
    if (before?.state === 'failed') throw error;
    const decided = before?.state === 'waiting' ? before.recoveries?.at(-1) : undefined;
    if (decided) return { ...decided, call: node.call, action: 'retry' };
    const explained = explainFailure(error, { node: node.node, run: run.id, pool });
    const own =
      !ends.has(error) &&
      isTrainyardError(explained) &&
      (explained.where.node === undefined || explained.where.node === node.node);
    // A sealed test set is opened again only for a reason: a person is asked for it, whatever the run does about failures.
    const waits = onFailure === 'pause' || (isTrainyardError(explained) && explained.code === 'TY-SEALED-REASON');
    if (!waits || isCancellation(error) || !own || scheduler.stopped) throw explained;
    const ports = Object.keys(outputPorts(contract.spec));
    const pools = bundleData().pools.map((one) => one.name);
    if (key !== undefined) graph.trouble(key, node);
    graph.update(node, { state: 'paused', error: errorRecord(explained), choices: { ports, pools } });
    const recovery = await this.recoveries.ask(node.call, ports, pools).finally(() => delete node.choices);
    const { call: _, outputs: __, ...told } = recovery;
    graph.update(node, { recoveries: [...(node.recoveries ?? []), { ...told, at: Date.now() }] });
    if (recovery.action === 'fail') throw explained;
    graph.clearError(node);
    return recovery;
  }

  /** What an operator decided stands for the call wherever it is asked for again: when this run goes on, and in resumes. */
  async decided(key: Digest, outputs: FoundOutputs, { by, why }: Recovery, node: GraphNode): Promise<void> {
    const { run, graph, scheduler } = this.#parts;
    scheduler.addFinished([[key, outputs]]);
    graph.decide(key, node);
    const told = decision(node);
    await engineActivities()['trainyard.decided'](run.lineage, { key, outputs, run: run.id, by, why, told });
  }

  /** The outputs that an operator gave in a failed node's place. */
  async given(node: GraphNode, contract: AnyContract, recovery: Recovery, asked?: Digest): Promise<FoundOutputs> {
    const outputs = await givenOutputs(contract, recovery);
    Object.assign(node, { given: true, params: node.asked ?? node.params, key: asked });
    delete node.asked;
    if (asked !== undefined) await this.decided(asked, outputs, recovery, node);
    this.#parts.graph.update(node, { state: 'skipped', outputs, endedAt: Date.now() });
    return outputs;
  }
}

/** A call waited for an operator when the run continued as new. */
class Interrupted extends Error {
  readonly told: Made;

  constructor(told: Made) {
    super('it waited for an operator');
    this.told = told;
  }
}
