import type { GraphNode } from '../../core/graph.js';
import type { Json } from '../../core/json.js';

/** Characters that are said of a call. */
const MOST_CHARACTERS = 80;

/**
 * Of calls of one node that nothing else is said of: the parameters in which they differ, by call, such as
 * `learningRate=0.01 trees=200`. Nothing is said of a node that is called once, or always with the same.
 */
export function differences(nodes: readonly GraphNode[]): ReadonlyMap<string, string> {
  const groups = new Map<string, GraphNode[]>();
  for (const node of nodes)
    if (node.kind === 'node' && node.params !== undefined && node.summary === undefined)
      groups.set(node.node, [...(groups.get(node.node) ?? []), node]);
  const said = new Map<string, string>();
  for (const calls of groups.values()) {
    if (calls.length < 2) continue;
    const params = calls.map((call) => leaves(call.params as Json));
    const names = new Set(params.flatMap((of) => [...of.keys()]));
    const differing = [...names].filter((name) => new Set(params.map((of) => of.get(name))).size > 1);
    calls.forEach(({ call }, i) => {
      const words = differing.flatMap((name) => {
        const value = params[i]?.get(name);
        return value === undefined ? [] : [`${name}=${sayLeaf(value)}`];
      });
      const text = words.join(' ');
      if (text !== '') said.set(call, text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text);
    });
  }
  return said;
}

/** The values of parameters by their paths, as text; lists are whole. */
function leaves(value: Json, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([[path, JSON.stringify(value)]]);
  return new Map(
    Object.entries(value).flatMap(([name, inner]) => [...leaves(inner, path === '' ? name : `${path}.${name}`)]),
  );
}

function sayLeaf(json: string): string {
  const value = JSON.parse(json) as Json;
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return typeof value === 'string' ? value : json;
}
