import type { GraphNode, GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import type { AnyContract } from '../../core/node.js';
import type { RunFacts } from '../../core/runtime.js';
import type { FoundOutputs } from './finder.js';
import type { Ask } from './approvals.js';
import { bundleData } from './bundle-data.js';

/** Values that stand for the run in lists of runs. */
export interface IndexedFacts {
  model?: string;
  metric?: number;
  data?: string;
}

type NewNode = Pick<GraphNode, 'node' | 'kind' | 'scope' | 'inputs'> & {
  pool?: string | undefined;
  summary?: string | undefined;
  title?: string | undefined;
  workflowId?: string | undefined;
};

/** Nodes up to which a query tells everything. */
const MOST_IN_FULL = 500;

/** Keeps the record of what a run does, while it does it. */
export class GraphKeeper {
  readonly record: GraphRecord;
  readonly facts: IndexedFacts = {};
  readonly #byCall = new Map<string, GraphNode>();
  readonly #before = new Map<string, GraphNode>();
  #numbered = 0;
  readonly #onChange: () => void;

  constructor(run: RunFacts, params: Json, startedAt: number, onChange: () => void) {
    this.record = {
      format: 1,
      run: run.id,
      pipeline: run.pipeline,
      lineage: run.lineage,
      state: 'running',
      params,
      cause: run.cause,
      seed: run.seed,
      ...(run.fresh ? { fresh: true } : {}),
      build: bundleData().buildId,
      startedAt,
      nodes: [],
    };
    this.#onChange = onChange;
  }

  /** Takes times and workers of nodes from the part of the run before it continued as new. */
  remember(graph: GraphRecord): void {
    this.record.startedAt = graph.startedAt;
    for (const node of graph.nodes)
      if (node.key !== undefined && node.state === 'done') this.#before.set(node.key, node);
  }

  /** Takes over nodes as they stood: of a run whose body does not make its earlier calls again. */
  restore(graph: GraphRecord): void {
    this.record.startedAt = graph.startedAt;
    for (const node of graph.nodes) {
      this.record.nodes.push(node);
      this.#byCall.set(node.call, node);
      this.#numbered = Math.max(this.#numbered, Number(node.call.slice(1)));
    }
  }

  /** Takes out what was called in a scope: it is called again. */
  forget(scope: string): void {
    const { nodes } = this.record;
    const left = nodes.filter((node) => node.scope !== scope && !node.scope.startsWith(`${scope}/`));
    nodes.splice(0, nodes.length, ...left);
  }

  /** A node by its call. */
  node(call: string): GraphNode | undefined {
    return this.#byCall.get(call);
  }

  add(node: NewNode): GraphNode {
    const call = `n${++this.#numbered}`;
    const known = Object.fromEntries(
      Object.entries(node).filter(([, value]) => value !== undefined),
    ) as unknown as NewNode;
    const added = { call, state: 'waiting', ...known } as GraphNode;
    this.record.nodes.push(added);
    this.#byCall.set(call, added);
    this.#onChange();
    return added;
  }

  update(node: GraphNode, change: Partial<GraphNode>): void {
    Object.assign(node, change);
    const before = change.state === 'found' && node.key !== undefined ? this.#before.get(node.key) : undefined;
    if (before) Object.assign(node, before, { call: node.call, inputs: node.inputs, scope: node.scope });
    this.#onChange();
  }

  /** The record for a query: without what is long, once the graph is large, since an answer is limited to 2 MB. */
  asked(): GraphRecord {
    if (this.record.nodes.length <= MOST_IN_FULL) return this.record;
    return { ...this.record, nodes: this.record.nodes.map(slim) };
  }

  clearError(node: GraphNode): void {
    delete node.error;
    this.#onChange();
  }

  has(call: string): boolean {
    return this.#byCall.has(call);
  }

  /** An edge found only when a reference or deferred handle resolved. */
  edge(node: GraphNode, edge: GraphNode['inputs'][number]): void {
    const known = node.inputs.filter((one) => !(one.port === edge.port && !this.#byCall.has(one.from)));
    if (!known.some((one) => one.port === edge.port && one.from === edge.from && one.fromPort === edge.fromPort))
      known.push(edge);
    Object.assign(node, { inputs: known });
  }

  decision(decision: {
    name: string;
    kind: 'gate' | 'approval';
    passed: boolean;
    evidence: Json;
    by?: string;
    why?: string;
    scope: string;
    inputs: GraphNode['inputs'];
  }): void {
    const { name, kind, passed, evidence, by, why, scope, inputs } = decision;
    const asked = this.record.nodes.find(
      (node) => node.kind === 'approval' && node.node === name && node.state === 'waiting',
    );
    const node = asked ?? this.add({ node: name, kind, scope, inputs });
    this.update(node, {
      state: 'done',
      endedAt: Date.now(),
      startedAt: node.startedAt ?? Date.now(),
      decision: { passed, evidence, ...(by === undefined ? {} : { by }), ...(why === undefined ? {} : { why }) },
    });
  }

  approval(ask: Ask, scope: string): void {
    const node = this.add({ node: ask.name, kind: 'approval', scope, inputs: [], summary: ask.question });
    this.update(node, { startedAt: Date.now() });
  }

  /** Notes the values that a contract declares to stand for the run. */
  note(contract: AnyContract, outputs: FoundOutputs): void {
    const { facts } = contract.spec;
    if (!facts) return;
    const read = (path: string | undefined): unknown => {
      if (path === undefined) return undefined;
      const [port = '', ...rest] = path.split('.');
      return rest.length === 0
        ? outputs[port]?.digest
        : rest.reduce<unknown>(
            (value, name) => (value as Record<string, unknown> | undefined)?.[name],
            outputs[port]?.value,
          );
    };
    const model = read(facts.model);
    const metric = read(facts.metric);
    const data = read(facts.data);
    if (typeof model === 'string') this.facts.model = model;
    if (typeof metric === 'number') this.facts.metric = metric;
    if (typeof data === 'string') this.facts.data = data;
    this.#onChange();
  }
}

function slim({ params: _, outputs, title: __, ...node }: GraphNode): GraphNode {
  if (!outputs) return node;
  const bare = ([port, { kind, digest, size }]: [string, Ref]): [string, Ref] => [port, { kind, digest, size }];
  return { ...node, outputs: Object.fromEntries(Object.entries(outputs).map(bare)) };
}
