import type { GraphNode, GraphRecord, NodeState } from '../../core/graph.js';

/** A box of the drawing: one call, or many alike folded into one. */
export interface Box {
  readonly id: string;
  readonly title: string;
  readonly scope: string;
  readonly kind: GraphNode['kind'];
  readonly state: NodeState;
  /** All calls in it, in the order of calling. */
  readonly calls: readonly GraphNode[];
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly ports: readonly string[];
}

export interface Boxes {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** Which state stands for many: the one that a person should see first. */
const FIRST: readonly NodeState[] = ['failed', 'paused', 'running', 'cancelled', 'waiting', 'done', 'found', 'skipped'];

/**
 * The boxes and arrows of a run's graph. From `atLeast` calls on, calls of one node whose scopes differ in numbers only
 * (`map[0]`, `map[1]`, …) are folded into one box.
 */
export function fold(graph: GraphRecord, atLeast = 5): Boxes {
  const groups = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    const alike = `${node.kind} ${node.node} ${/\d/.test(node.scope) ? node.scope.replace(/\d+/g, '#') : node.call}`;
    groups.set(alike, [...(groups.get(alike) ?? []), node]);
  }
  const boxOf = new Map<string, string>();
  const boxes: Box[] = [];
  for (const calls of groups.values()) {
    for (const members of calls.length >= atLeast ? [calls] : calls.map((call) => [call])) {
      const first = members[0];
      if (!first) continue;
      boxes.push(toBox(first, members));
      for (const member of members) boxOf.set(member.call, first.call);
    }
  }
  const order = new Map(graph.nodes.map((node, index) => [node.call, index]));
  boxes.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  return { boxes, arrows: arrowsBetween(graph, boxOf) };
}

function toBox(first: GraphNode, members: readonly GraphNode[]): Box {
  const name = first.node;
  return {
    id: first.call,
    title: members.length > 1 ? `${name} × ${members.length}` : name,
    scope: members.length > 1 ? first.scope.replace(/\d+/g, '*') : first.scope,
    kind: first.kind,
    state: FIRST.find((state) => members.some((member) => member.state === state)) ?? first.state,
    calls: members,
  };
}

function arrowsBetween(graph: GraphRecord, boxOf: ReadonlyMap<string, string>): Arrow[] {
  const ports = new Map<string, { from: string; to: string; ports: Set<string> }>();
  for (const node of graph.nodes) {
    const to = boxOf.get(node.call);
    for (const input of node.inputs) {
      const from = boxOf.get(input.from);
      if (from === undefined || to === undefined || from === to) continue;
      const key = `${from} ${to}`;
      const arrow = ports.get(key) ?? { from, to, ports: new Set<string>() };
      arrow.ports.add(input.port);
      ports.set(key, arrow);
    }
  }
  return [...ports.values()].map((arrow) => ({ ...arrow, ports: [...arrow.ports] }));
}
