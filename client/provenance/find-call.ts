import { nearest, TrainyardError } from '@trainyard/errors';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { readGraph, type Store } from '../../store/index.js';
import { RecordIndex } from './record-index.js';

/** A call in a run's graph, or in that of one of its durable children (a study's trials). */
export interface FoundCall {
  /** The run, or the child `<run>/<name>`, whose graph it is in. */
  readonly run: string;
  /** Name for people: the child's, its scope, its node. */
  readonly name: string;
  readonly node: GraphNode;
  readonly graph: GraphRecord;
}

/** All node calls of a run and of its children; of a long study's earlier trials with what the records of them tell. */
export async function callsOf(store: Store, graph: GraphRecord): Promise<FoundCall[]> {
  const calls = named(graph, '');
  for (const child of graph.nodes.filter(({ kind }) => kind === 'child')) {
    if (child.workflowId === undefined) continue;
    const inner = (await readGraph(store, child.workflowId)) as unknown as GraphRecord | null;
    const name = child.workflowId.slice(graph.run.length + 1);
    if (inner) calls.push(...named(inner, `${name}/`));
  }
  const index = new RecordIndex(store);
  return Promise.all(calls.map((call) => filled(index, call)));
}

/** A study that continued as new keeps short nodes, without parameters and outputs. */
async function filled(index: RecordIndex, call: FoundCall): Promise<FoundCall> {
  const { node, run } = call;
  if (node.outputs !== undefined || (node.state !== 'done' && node.state !== 'found')) return call;
  const record = await index.of(node, run);
  return record ? { ...call, node: { ...node, params: record.params, outputs: record.outputs } } : call;
}

function named(graph: GraphRecord, prefix: string): FoundCall[] {
  return graph.nodes
    .filter(({ kind }) => kind === 'node')
    .map((node) => ({
      run: graph.run,
      name: `${prefix}${node.scope === '' ? node.node : `${node.scope}/${node.node}`}`,
      node,
      graph,
    }));
}

/**
 * The call that a person names: by its id (`n12`), its node, or scope and node. Throws TY-NODE-UNKNOWN naming the
 * nearest, TY-USAGE naming the calls when the name fits several.
 */
export function chooseCall(calls: readonly FoundCall[], run: string, wanted: string): FoundCall {
  const byId = calls.find((call) => call.run === run && call.node.call === wanted);
  if (byId) return byId;
  for (const fits of [
    (call: FoundCall) => call.name === wanted,
    (call: FoundCall) => call.node.node === wanted,
    (call: FoundCall) => call.name.endsWith(`/${wanted}`),
  ]) {
    const found = calls.filter(fits);
    // Equal calls are one computation: whichever of them is meant.
    const keys = new Set(found.map(({ node }) => node.key ?? node.call));
    if (found[0] && keys.size === 1) return found[0];
    if (found.length > 1) throw severalFit(found, wanted);
  }
  const names = [...new Set(calls.flatMap((call) => [call.name, call.node.node]))];
  const near = nearest(wanted, names);
  throw new TrainyardError('TY-NODE-UNKNOWN', {
    what: `run ${run} has no call "${wanted}"; ${near === undefined ? `its nodes are ${[...new Set(calls.map(({ node }) => node.node))].sort().join(', ') || 'none'}` : `did you mean "${near}"?`}`,
    where: { run },
    remedy: `trainyard show ${run} lists its calls`,
  });
}

function severalFit(found: readonly FoundCall[], wanted: string): TrainyardError {
  const some = found.slice(0, 12).map(({ name, node }) => `${node.call} (${name})`);
  return new TrainyardError('TY-USAGE', {
    what: `"${wanted}" is ${found.length} calls of this run`,
    expected: `one of ${some.join(', ')}${found.length > some.length ? ', …' : ''}`,
    remedy: 'name one by its call id',
  });
}
