import { workflowInfo } from '@temporalio/workflow';
import type { Digest } from '../../core/digest.js';
import { approvalName } from '../../core/graph.js';
import type { GraphAnswer, GraphAsk, GraphNode, GraphRecord, NodeState, RunMetric } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import type { Compared } from '../../core/reading.js';
import { pageEnd } from '../../core/paging.js';
import type { AnyContract } from '../../core/node.js';
import type { RunFacts } from '../../core/runtime.js';
import type { NodeTask } from '../../core/task.js';
import type { Ask } from './approval-ledger.js';
import { bundleData } from './bundle-data.js';
import { isRefList } from './call.js';
import type { CarriedRow, Made, Row } from './contract.js';
import type { FoundOutputs } from './contract.js';

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

/** States of nodes that a run which goes on comes to again. */
const OPEN: readonly NodeState[] = ['waiting', 'running', 'paused'];

/** Nodes up to which a query tells everything. */
const MOST_IN_FULL = 500;

/** Keeps the record of what a run does, while it does it. */
export class GraphKeeper {
  readonly record: GraphRecord;
  readonly facts: IndexedFacts = {};
  readonly #byCall = new Map<string, GraphNode>();
  readonly #before = new Map<string, Made>();
  /** Calls that failed where failed calls wait for an operator, by the key that the pipeline asks for. */
  readonly #troubled = new Map<string, GraphNode>();
  /** The same as they stood when the run continued as new. */
  readonly #interrupted = new Map<string, Made>();
  /** Calls that an operator decided about, by the key that the pipeline asks for. */
  readonly #decided = new Map<string, GraphNode>();
  /** Every node with the number of its last change, in the order of these. */
  readonly #changes = new Map<GraphNode, number>();
  #changeCount = 0;
  /** Approvals that wait, by name and scope. */
  readonly #asked = new Map<string, GraphNode>();
  readonly #restored = new Set<GraphNode>();
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

  /** Takes times and workers of nodes from the part of the run before it continued as new, and nodes as they stood. */
  remember(rows: readonly CarriedRow[]): void {
    for (const [key, outputs, told] of rows) {
      if (told && 'call' in told) this.#restore(told);
      else if (told && outputs === null) this.#interrupted.set(key, told);
      else if (told) this.#before.set(key, told);
    }
  }

  /** Takes from a former run's table what operators decided there. */
  rememberDecided(rows: readonly Row[]): void {
    for (const [key, , told] of rows) if (told) this.#before.set(key, told);
  }

  /** A call has failed and waits for an operator, or did. */
  trouble(key: string, node: GraphNode): void {
    this.#troubled.set(key, node);
  }

  /** How a call stood that waited for an operator when the run continued as new. */
  interrupted(key: string): Made | undefined {
    return this.#interrupted.get(key);
  }

  /** Calls that wait for an operator, or have failed by his decision, for when the run continues as new. */
  waiting(): CarriedRow[] {
    return [...this.#troubled].flatMap(([key, { state, choices, error, params, asked, recoveries }]) => {
      if (state !== 'paused' && state !== 'failed') return [];
      const now = state === 'paused' && choices === undefined ? 'waiting' : state;
      const made = { state: now, error, params, asked, recoveries };
      const known = Object.entries(made).filter(([, value]) => value !== undefined);
      return [[key as Digest, null, Object.fromEntries(known) as Made] as const];
    });
  }

  /** What an operator decided about a call stands for the key that its pipeline asks for. */
  decide(key: string, node: GraphNode): void {
    this.#decided.set(key, node);
  }

  /** Times and workers of the nodes that this part of the run has made, and what operators decided, by key. */
  made(): Map<string, Made> {
    const made = new Map<string, Made>(this.#before);
    for (const [key, node] of this.#decided) made.set(key, { ...told(node), ...decision(node), state: node.state });
    for (const node of this.record.nodes)
      if (node.state === 'done' && node.key !== undefined && !this.#before.has(node.key))
        made.set(node.key, told(node));
    return made;
  }

  /** The nodes that have ended, short, in this part of the run, for one whose body does not make its earlier calls again. */
  ended(): GraphNode[] {
    return this.record.nodes
      .filter((node) => node.key !== undefined && !OPEN.includes(node.state) && !this.#restored.has(node))
      .map(short);
  }

  #restore(node: GraphNode): void {
    this.record.nodes.push(node);
    this.#byCall.set(node.call, node);
    this.#restored.add(node);
    this.#numbered = Math.max(this.#numbered, Number(node.call.slice(1)));
    this.#changed(node);
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
    this.#changed(added);
    return added;
  }

  update(node: GraphNode, change: Partial<GraphNode>): void {
    Object.assign(node, change);
    const asked = change.state === 'found' ? node.key : undefined;
    const before = asked === undefined ? undefined : this.#before.get(asked);
    const decided = asked === undefined ? undefined : this.#decided.get(asked);
    if (before) Object.assign(node, before, { state: before.state ?? 'done' });
    else if (decided && decided !== node) Object.assign(node, decision(decided));
    this.#changed(node);
  }

  /** Closes the graph: what still waits or runs has come to this state. */
  end(state: NodeState, which: (state: NodeState) => boolean): void {
    for (const node of this.record.nodes) if (which(node.state)) this.update(node, { state });
  }

  /** Answers a query: nodes that have changed since the answer before, in the order of their changes. */
  asked(ask: GraphAsk | undefined): GraphAnswer {
    const part = workflowInfo().runId;
    const since = ask?.part === part ? ask.at : 0;
    const changed = [...this.#changes].filter(([, at]) => at > since);
    // Without what is long, once the graph is large.
    const large = this.record.nodes.length > MOST_IN_FULL;
    const nodes = changed.map(([node]) => (large ? slim(node) : node));
    const end = pageEnd(nodes);
    const at = end < nodes.length ? (changed[end - 1]?.[1] ?? since) : this.#changeCount;
    return { ...this.record, nodes: nodes.slice(0, end), part, at, changes: this.#changeCount };
  }

  clearError(node: GraphNode): void {
    delete node.error;
    this.#changed(node);
  }

  /** Notes when a node changed last, and moves it to the end of those that did. */
  #changed(node: GraphNode): void {
    this.#changes.delete(node);
    this.#changes.set(node, ++this.#changeCount);
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
    this.update(node, { inputs: known });
  }

  decision(decision: {
    name: string;
    kind: 'gate' | 'approval';
    passed: boolean;
    evidence: Json;
    compared?: Compared;
    by?: string;
    why?: string;
    scope: string;
    inputs: GraphNode['inputs'];
  }): void {
    const { name, kind, passed, evidence, compared, by, why, scope, inputs } = decision;
    const asked = approvalName({ scope, name });
    const waits = kind === 'approval' ? this.#asked.get(asked) : undefined;
    const node = waits ?? this.add({ node: name, kind, scope, inputs });
    if (waits) this.#asked.delete(asked);
    this.update(node, {
      state: 'done',
      endedAt: Date.now(),
      startedAt: node.startedAt ?? Date.now(),
      decision: {
        passed,
        evidence,
        ...(compared && { compared }),
        ...(by === undefined ? {} : { by }),
        ...(why === undefined ? {} : { why }),
      },
    });
  }

  approval(ask: Ask, startedAt: number): void {
    const { name, scope, question } = ask;
    const node = this.add({ node: name, kind: 'approval', scope, inputs: [], summary: question });
    this.#asked.set(approvalName(ask), node);
    this.update(node, { startedAt });
  }

  /** Notes that a call has read a source on from where the last run had come to. */
  noteReadOn({ spec: { readsOn } }: AnyContract, inputs: NodeTask['inputs'], outputs: FoundOutputs): void {
    const from = readsOn && inputs[readsOn.since];
    if (!readsOn || from === undefined || isRefList(from)) return;
    const [port = '', ...path] = readsOn.reached.split('.');
    const to = outputs[port];
    const known = this.record.readOn ?? [];
    if (!to || known.some((one) => one.from.digest === from.digest && one.to.digest === to.digest)) return;
    const name = ({ kind, digest, size }: Ref): Ref => ({ kind, digest, size });
    this.record.readOn = [...known, { from: name(from), to: name(to), path }];
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
    const metric = [facts.metric ?? []].flat().flatMap((path) => metricOf(path, read(path)))[0];
    const data = read(facts.data);
    if (typeof model === 'string') this.facts.model = model;
    if (metric) {
      this.facts.metric = metric.value;
      this.record.metric = metric;
    }
    if (typeof data === 'string') this.facts.data = data;
    this.#onChange();
  }
}

/** The figure that a path of a contract leads to: a number is called by the path, other figures bring their name. */
function metricOf(path: string, found: unknown): RunMetric[] {
  if (typeof found === 'number') return [{ name: path.replace(/^out\./, ''), value: found }];
  const { name, value } = (found ?? {}) as Partial<RunMetric>;
  return typeof name === 'string' && typeof value === 'number' ? [{ name, value }] : [];
}

/** Edges of one node that an answer about a large graph tells: a join of thousands has as many. */
const MOST_EDGES = 500;

function slim({ params: _, outputs, title: __, inputs, ...rest }: GraphNode): GraphNode {
  const node = { ...rest, inputs: inputs.slice(0, MOST_EDGES) };
  if (!outputs) return node;
  const bare = ([port, { kind, digest, size }]: [string, Ref]): [string, Ref] => [port, { kind, digest, size }];
  return { ...node, outputs: Object.fromEntries(Object.entries(outputs).map(bare)) };
}

const TOLD = ['pool', 'worker', 'device', 'attempt', 'startedAt', 'endedAt', 'ms', 'recoveries'] as const;

function told(node: GraphNode): Made {
  return Object.fromEntries(TOLD.flatMap((field) => (node[field] === undefined ? [] : [[field, node[field]]])));
}

/** What an operator decided about a call: computed otherwise, or given. */
export function decision({ key, params, asked, given, recoveries }: GraphNode): Made {
  const all = given ? { given, recoveries } : { key, params, asked, recoveries };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** A node without what is long. */
function short(whole: GraphNode): GraphNode {
  const { params: _params, outputs: _outputs, error: _error, decision: _decision, ...node } = whole;
  return { ...node, inputs: [] };
}
