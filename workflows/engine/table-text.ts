import { sayDuration } from '../../core/duration.js';
import type { GraphRecord } from '../../core/graph.js';

/** Rows shown at most: the Temporal UI draws this text as it is. */
const MOST_ROWS = 60;

/** The nodes of a run as a text table, for the Temporal UI (in a code block: it draws Markdown tables without lines). */
export function tableText(graph: GraphRecord): string {
  const rows = graph.nodes
    .slice(-MOST_ROWS)
    .map((node) => [
      node.decision ? (node.decision.passed ? 'passed' : 'refused') : node.state,
      node.scope === '' ? node.node : `${node.scope} › ${node.node}`,
      node.ms === undefined ? '' : sayDuration(node.ms),
      node.worker ?? '',
      node.device ?? '',
    ]);
  const header = ['state', 'node', 'time', 'worker', 'device'];
  const widths = header.map((name, column) =>
    Math.min(48, Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length))),
  );
  const line = (cells: string[]): string =>
    cells
      .map((cell, column) => cell.slice(0, 48).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const earlier = graph.nodes.slice(0, -MOST_ROWS);
  return [
    line(header),
    line(widths.map((width) => '─'.repeat(width))),
    ...(earlier.length > 0 ? [`… ${earlier.length} earlier:`, ...sums(earlier).map(line)] : []),
    ...rows.map(line),
  ].join('\n');
}

/** Rows that sum many calls up at most. */
const MOST_SUMS = 20;

/** Calls by state and node, in the order of the first ones. */
function sums(nodes: GraphRecord['nodes']): string[][] {
  const counts = new Map<string, [state: string, node: string, count: number]>();
  for (const { state, node } of nodes) {
    const known = counts.get(`${state} ${node}`);
    if (known) known[2]++;
    else counts.set(`${state} ${node}`, [state, node, 1]);
  }
  const rows = [...counts.values()].map(([state, node, count]) => [state, `${node} × ${count}`]);
  return rows.length <= MOST_SUMS ? rows : [...rows.slice(0, MOST_SUMS), ['…', `${rows.length - MOST_SUMS} more`]];
}

/** One line that counts the nodes by state. */
export function countText(graph: GraphRecord): string {
  const counts = new Map<string, number>();
  for (const node of graph.nodes) counts.set(node.state, (counts.get(node.state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}
