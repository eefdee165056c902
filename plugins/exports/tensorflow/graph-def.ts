import { UserError } from '@trainyard/errors';
import type { Graph, GraphNode } from '../graph/graph.js';
import { OPERATIONS } from './operations.js';
import type { GraphWriter, NodeDef } from './writer.js';

/** Names of what goes in and comes out. */
export const INPUT = 'features';
export const OUTPUT = 'answers';

/** A graph as nodes of TensorFlow. Throws a UserError for an operation that has no counterpart in the table. */
export function graphDefOf(graph: Graph): NodeDef[] {
  const nodes: NodeDef[] = [
    {
      name: INPUT,
      op: 'Placeholder',
      inputs: [],
      attributes: { dtype: { type: 'float32' }, shape: { shape: graph.values[0]!.shape } },
    },
  ];
  const sources = new Map<number, string>([[0, INPUT]]);
  const writer: GraphWriter = {
    add(op, inputs, attributes) {
      const name = `op${nodes.length}`;
      nodes.push({ name, op, inputs, attributes });
      return name;
    },
    constant(value) {
      return writer.add('Const', [], { dtype: { type: value.type }, value: { tensor: value } });
    },
    integers: (values) => writer.constant({ type: 'int32', shape: [values.length], values: Int32Array.from(values) }),
    value: (at) => graph.values[at]!,
    source(at) {
      const known = sources.get(at);
      if (known !== undefined) return known;
      const { constant, shape, type } = graph.values[at]!;
      const name = writer.constant({ type, shape, values: constant! });
      sources.set(at, name);
      return name;
    },
  };
  for (const node of graph.nodes) writeNode(node, writer, sources);
  const type = { T: { type: 'float32' as const } };
  nodes.push({ name: OUTPUT, op: 'Identity', inputs: [sources.get(graph.output)!], attributes: type });
  return nodes;
}

function writeNode(node: GraphNode, writer: GraphWriter, sources: Map<number, string>): void {
  const write = OPERATIONS[node.kernel];
  if (!write)
    throw new UserError(`TensorFlow's graphs are not written with the operation ${node.kernel}`, {
      expected: Object.keys(OPERATIONS).join(', '),
      remedy: 'export the model in another format',
    });
  const name = write(node, writer);
  node.outputs.forEach((output, k) => sources.set(output, k === 0 ? name : `${name}:${k}`));
}
