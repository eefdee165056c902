import type { TrainyardClient } from '../client.js';
import { queryGraph } from '../run/run-view.js';
import { decide, recoverNode } from '../run/runs.js';
import { isTrainyardError } from '@trainyard/errors';
import { approvalName, type GraphNode, type GraphRecord } from '../../core/graph.js';
import type { Answers } from './answers.js';

/** Decides in a repetition as people did in the run itself. */
export class Decisions {
  readonly #client: TrainyardClient;
  readonly #run: string;
  readonly #approvals: Answers['approvals'][number][];
  readonly #recoveries: Answers['recoveries'][number][];
  /** States of all calls at the last look. */
  #before = '';

  constructor(client: TrainyardClient, run: string, { approvals, recoveries }: Answers) {
    this.#client = client;
    this.#run = run;
    this.#approvals = [...approvals];
    this.#recoveries = [...recoveries];
  }

  /** Looks at what waits now, and decides. Gives the calls as they stand, and whether nothing goes on any more. */
  async look(): Promise<{ readonly nodes: readonly GraphNode[]; readonly idle: boolean }> {
    const { nodes = [] } = (await queryGraph(this.#client.temporal, this.#run)) ?? {};
    const states = nodes.map(({ call, state }) => `${call} ${state}`).join();
    const idle =
      states === this.#before && !nodes.some(({ kind, state }) => kind !== 'approval' && state === 'running');
    this.#before = states;
    for (const node of nodes) {
      if (node.kind === 'approval' && node.state === 'waiting') await this.#approve(node);
      if (node.state === 'paused') await this.#recover(node, idle);
    }
    return { nodes, idle };
  }

  async #approve({ node, scope }: GraphNode): Promise<void> {
    const asked = approvalName({ scope, name: node });
    const at = this.#approvals.findIndex(({ name }) => name === asked);
    const approval = this.#approvals[at];
    if (approval && (await isTold(() => decide(this.#client, this.#run, approval)))) this.#approvals.splice(at, 1);
  }

  /** One about which nobody had decided fails once all that goes on beside it has ended: so it was, or may have been. */
  async #recover({ call, node, scope }: GraphNode, idle: boolean): Promise<void> {
    const at = this.#recoveries.findIndex((one) => one.node === node && one.scope === scope);
    const known = this.#recoveries[at];
    if (!known && !idle) return;
    const { action, by, why, params } = known ?? { action: 'fail', by: 'trainyard verify', why: 'nobody had decided' };
    const recovery = { call, action, by, why, ...(params === undefined ? {} : { params }) } as const;
    if ((await isTold(() => recoverNode(this.#client, this.#run, recovery))) && known) this.#recoveries.splice(at, 1);
  }
}

/** How many calls have finished, those of durable children included. */
export async function countFinished(
  nodes: readonly GraphNode[],
  childGraph: (id: string) => Promise<Pick<GraphRecord, 'nodes'> | null | undefined>,
): Promise<number> {
  let count = nodes.filter(({ kind, state }) => kind === 'node' && (state === 'done' || state === 'found')).length;
  for (const { kind, workflowId } of nodes)
    if (kind === 'child' && workflowId !== undefined)
      count += await countFinished((await childGraph(workflowId))?.nodes ?? [], childGraph);
  return count;
}

/** False when it was answered, or the run ended, since it was looked at. */
async function isTold(decision: () => Promise<void>): Promise<boolean> {
  try {
    await decision();
    return true;
  } catch (error) {
    if (!isTrainyardError(error) || !['TY-DECISION', 'TY-RUN-UNKNOWN'].includes(error.code)) throw error;
    return false;
  }
}
