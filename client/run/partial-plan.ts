import { sayNearest, TrainyardError } from '@trainyard/errors';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { canonical, type Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import { anyCallLabel, labelOf, type PartialRun } from '../../core/task.js';

/** Which part of a run's graph to run again. Names are a node's, `scope/name`, a child's own, or a call's id in that run. */
export interface PartChoice {
  /** These and all that needs them. */
  readonly from?: readonly string[];
  /** These and all that they need. */
  readonly to?: readonly string[];
  /** Exactly these; not together with `from` and `to`. */
  readonly only?: readonly string[];
  /** Not these. */
  readonly skip?: readonly string[];
}

/** What becomes of each call of the run that a part is taken of. */
export interface PartPlan {
  readonly used: string;
  readonly pipeline: string;
  /** Run as usual: what has not changed is found. */
  readonly run: readonly GraphNode[];
  /** Their outputs are taken as they are, whatever their code is now. */
  readonly kept: readonly GraphNode[];
  /** Not run: they need what runs, or have nothing that could be kept. */
  readonly left: readonly GraphNode[];
  readonly part: PartialRun;
}

/**
 * Plans a partial run on the graph of a former one: reachable from `from`, and reaching `to`, without `skip`. Of the
 * rest, what is upstream or beside is kept, what is downstream is left out. Gates and approvals are decided anew.
 * `results` are those of durable children, by call. Throws TY-NODE-UNKNOWN naming the nearest, TY-USAGE for a choice
 * that leaves nothing, and TY-DECISION when something is needed that the former run does not have.
 */
export function planPart(graph: GraphRecord, choice: PartChoice, results: ReadonlyMap<string, Json>): PartPlan {
  const { only = [], skip = [], from = [], to = [] } = choice;
  if (only.length > 0 && from.length + to.length > 0)
    throw new TrainyardError('TY-USAGE', {
      what: '--only says exactly what runs: it goes with neither --from nor --to',
    });
  const calls = graph.nodes.filter(({ kind }) => kind === 'node' || kind === 'child');
  const named = (names: readonly string[]): Set<string> =>
    new Set(names.flatMap((name) => namedCalls(graph, calls, name)));
  const edges = edgesOf(calls);
  const selected = only.length > 0 ? named(only) : between(calls, edges, named(from), named(to));
  for (const call of named(skip)) selected.delete(call);
  if (selected.size === 0)
    throw new TrainyardError('TY-USAGE', {
      what: `nothing of ${graph.run} is left to run`,
      expected: 'a --to that can be reached from a --from, and is not skipped',
    });
  const above = reach(selected, edges.up);
  const below = reach(selected, edges.down);
  const fate = (node: GraphNode): 'run' | 'kept' | 'left' => {
    if (selected.has(node.call)) return 'run';
    const has = node.kind === 'child' ? results.has(node.call) : node.outputs !== undefined;
    if (above.has(node.call) && !has && feeds(node, selected, edges.down)) throw nothingToKeep(graph, node);
    return has && (above.has(node.call) || !below.has(node.call)) ? 'kept' : 'left';
  };
  const fates = new Map(calls.map((node) => [node.call, fate(node)] as const));
  const those = (what: 'run' | 'kept' | 'left'): GraphNode[] => calls.filter(({ call }) => fates.get(call) === what);
  return {
    used: graph.run,
    pipeline: graph.pipeline,
    run: those('run'),
    kept: those('kept'),
    left: those('left'),
    part: partOf(calls, fates, results),
  };
}

interface Edges {
  readonly up: ReadonlyMap<string, readonly string[]>;
  readonly down: ReadonlyMap<string, readonly string[]>;
}

function edgesOf(calls: readonly GraphNode[]): Edges {
  const known = new Set(calls.map(({ call }) => call));
  // An edge from a child that had not ended names the child as its author did.
  const children = new Map(
    calls.flatMap(({ kind, summary, call }) => (kind === 'child' && summary ? [[summary, call]] : [])),
  );
  const up = new Map<string, string[]>(calls.map(({ call }) => [call, []]));
  const down = new Map<string, string[]>(calls.map(({ call }) => [call, []]));
  for (const { call, inputs } of calls) {
    for (const input of inputs) {
      const from = known.has(input.from) ? input.from : children.get(input.from);
      if (from === undefined) continue;
      up.get(call)?.push(from);
      down.get(from)?.push(call);
    }
  }
  return { up, down };
}

/** All that can be reached along edges, the beginnings included. */
function reach(from: Iterable<string>, edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set(from);
  // A set gives what is added while it is walked.
  for (const call of seen) for (const next of edges.get(call) ?? []) seen.add(next);
  return seen;
}

function between(calls: readonly GraphNode[], edges: Edges, from: Set<string>, to: Set<string>): Set<string> {
  const all = calls.map(({ call }) => call);
  const after = from.size > 0 ? reach(from, edges.down) : new Set(all);
  const before = to.size > 0 ? reach(to, edges.up) : new Set(all);
  return new Set(all.filter((call) => after.has(call) && before.has(call)));
}

function feeds({ call }: GraphNode, selected: ReadonlySet<string>, down: Edges['down']): boolean {
  return (down.get(call) ?? []).some((next) => selected.has(next));
}

/** Names by which a call can be meant. */
function namesOf({ call, node, scope, kind, summary }: GraphNode): string[] {
  const names = kind === 'child' && summary !== undefined ? [node, summary] : [node];
  return [call, ...names, ...(scope === '' ? [] : names.map((name) => `${scope}/${name}`))];
}

function namedCalls(graph: GraphRecord, calls: readonly GraphNode[], name: string): string[] {
  const found = calls.filter((node) => namesOf(node).includes(name));
  if (found.length > 0) return found.map(({ call }) => call);
  const known = new Set(calls.flatMap((node) => namesOf(node).slice(1)));
  throw new TrainyardError('TY-NODE-UNKNOWN', {
    what: `${graph.run} has no node "${name}"; ${sayNearest(name, known)}`,
    where: { run: graph.run, node: name },
    remedy: `trainyard show ${graph.run} lists its nodes`,
  });
}

function nothingToKeep({ run }: GraphRecord, node: GraphNode): TrainyardError {
  return new TrainyardError('TY-DECISION', {
    what: `${node.node} (${node.call}) is needed, and ${run} has nothing of it that could be kept: it is "${node.state}"`,
    where: { run, node: node.node },
    remedy: `let it run too (--from ${node.call}), or finish that run first: trainyard resume ${run}`,
  });
}

/**
 * The plan by labels. Calls that share one (a loop's, say) are told apart by their inputs alone: they run as usual, and
 * what has not changed is found; but none of them can be left out while another is not.
 */
function partOf(
  calls: readonly GraphNode[],
  fates: ReadonlyMap<string, 'run' | 'kept' | 'left'>,
  results: ReadonlyMap<string, Json>,
): PartialRun {
  const keep: Record<string, { readonly [port: string]: Ref }> = {};
  const keys: Record<string, string> = {};
  const children: Record<string, Json> = {};
  const never: string[] = [];
  const fatesOf = (group: readonly GraphNode[]): Set<string> =>
    new Set(group.map(({ call }) => fates.get(call) ?? 'run'));
  for (const [label, group] of groupBy(calls, labelOf)) {
    const [node] = group;
    const shared = fatesOf(group);
    if (shared.size > 1 && shared.has('left')) throw alike(group);
    if (shared.has('left')) never.push(label);
    if (shared.size > 1 || !shared.has('kept') || !node) continue;
    const result = results.get(node.call);
    const given = new Set(group.map(({ outputs }) => canonical((outputs ?? null) as unknown as Json)));
    if (node.kind === 'child' && result !== undefined) children[label] = result;
    else if (node.outputs && given.size === 1) {
      keep[label] = node.outputs;
      if (node.key !== undefined) keys[label] = node.key;
    }
  }
  // Parameters may follow from what is computed anew; where all calls of a node are left out, so is one with others.
  for (const [label, group] of groupBy(calls, ({ scope, node }) => anyCallLabel(scope, node))) {
    const shared = fatesOf(group);
    if (shared.size === 1 && shared.has('left')) never.push(label);
  }
  return { keep, keys, children, never };
}

function groupBy<T>(items: readonly T[], name: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(name(item));
    if (group) group.push(item);
    else groups.set(name(item), [item]);
  }
  return groups;
}

function alike(group: readonly GraphNode[]): TrainyardError {
  return new TrainyardError('TY-USAGE', {
    what: `calls ${group.map(({ call }) => call).join(', ')} of ${group[0]?.node ?? ''} have one scope and equal parameters: one of them cannot be left out while another is not`,
    remedy: 'name them together, or give them scopes by map() or a sub-pipeline',
  });
}
