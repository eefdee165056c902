import { defineUpdate, setHandler } from '@temporalio/workflow';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import { isRef } from '../../core/handle.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import { outputPorts, type AnyContract } from '../../core/node.js';
import type { Recovery } from '../../core/task.js';
import { workflowFailure } from './failure.js';
import { engineActivities } from './proxies.js';
import { when } from './answer-order.js';

/** The outputs that an operator gives in a node's place: references as they are, values as artifacts of their kind. */
export async function givenOutputs(contract: AnyContract, recovery: Recovery): Promise<Record<string, Ref>> {
  const outputs: Record<string, Ref> = {};
  for (const [port, kind] of Object.entries(outputPorts(contract.spec))) {
    const value = recovery.outputs?.[port] as Json;
    outputs[port] =
      isRef(value) && value.kind === kind.kind ? value : await engineActivities()['trainyard.give'](kind.kind, value);
  }
  return outputs;
}

/** An operator's decision about a node that failed and waits. */
export const recoverUpdate = defineUpdate<void, [Recovery]>('recover');

/** Nodes that failed and wait for an operator. Each decision is an Update, so it is on the record with who and why. */
export class Recoveries {
  readonly #waiting = new Map<
    string,
    { ports: readonly string[]; pools: readonly string[]; decide: (recovery: Recovery) => void }
  >();

  #closed = false;

  constructor() {
    setHandler(recoverUpdate, (recovery) => this.#waiting.get(recovery.call)?.decide(recovery), {
      validator: (recovery) => {
        const problem = this.#problem(recovery);
        if (problem) throw workflowFailure(new TrainyardError('TY-DECISION', { what: problem }));
      },
    });
  }

  /** From now on nothing is decided here: what the run hands on when it continues as new is complete. */
  close(): void {
    this.#closed = true;
  }

  /** How many wait. */
  get open(): number {
    return this.#waiting.size;
  }

  async ask(call: string, ports: readonly string[], pools: readonly string[]): Promise<Recovery> {
    let given: Recovery | undefined;
    this.#waiting.set(call, { ports, pools, decide: (recovery) => (given = recovery) });
    try {
      await when(() => given !== undefined);
      return given as unknown as Recovery;
    } finally {
      this.#waiting.delete(call);
    }
  }

  #problem(recovery: Recovery): string | undefined {
    return this.#closed ? 'the run continues as new at this moment: say it once more' : this.#wrong(recovery);
  }

  #wrong({ call, action, by, outputs, pool }: Recovery): string | undefined {
    const waiting = this.#waiting.get(call);
    if (!waiting) return `no failed node "${call}" waits in this run; ${sayNearest(call, this.#waiting.keys())}`;
    if (!by) return 'a decision needs to say by whom';
    if (!['retry', 'skip', 'fail'].includes(action)) return `"${String(action)}" is no decision: retry, skip or fail`;
    if (pool !== undefined && !waiting.pools.includes(pool))
      return `there is no pool "${pool}"; ${sayNearest(pool, waiting.pools)}`;
    const missing = action === 'skip' ? waiting.ports.filter((port) => outputs?.[port] === undefined) : [];
    return missing.length > 0 ? `to skip it, give a value for each output; missing: ${missing.join(', ')}` : undefined;
  }
}
