import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { differences } from './differ.js';
import { sayState, STATES } from './states.js';

/** The graph of a run for a terminal: a line for each call, in the order of calling, with what it waits for. */
export function graphText(graph: GraphRecord, now: number): string {
  const names = new Map(graph.nodes.map((node) => [node.call, nameOf(node)]));
  const differs = differences(graph.nodes);
  const rows = graph.nodes.map((node) => ({
    sign: STATES[node.state].glyph,
    name: [nameOf(node), differs.get(node.call)].filter(Boolean).join(' '),
    state: sayState(node, now),
    after: [...new Set(node.inputs.map((input) => names.get(input.from) ?? input.from))].join(', '),
  }));
  const width = (pick: (row: (typeof rows)[number]) => string): number =>
    rows.reduce((most, row) => Math.max(most, pick(row).length), 0);
  const [name, state] = [width((row) => row.name), width((row) => row.state)];
  const lines = rows.map((row) =>
    `${row.sign} ${row.name.padEnd(name)}  ${row.state.padEnd(state)}${row.after ? `  ← ${row.after}` : ''}`.trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function nameOf(node: GraphNode): string {
  return node.scope ? `${node.scope}/${node.node}` : node.node;
}
