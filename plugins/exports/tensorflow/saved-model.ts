import { Message } from '../../../models/index.js';
import { INPUT, OUTPUT } from './graph-def.js';
import type { Attribute, ConstantValue, NodeDef } from './writer.js';
import type { GraphType } from '../graph/graph.js';

/** TensorFlow's numbers for types (types.proto). */
const DTYPES: Readonly<Record<GraphType, number>> = { float32: 1, int32: 3, bool: 10 };
/** Version of graphs that TensorFlow 2 writes (versions.proto). */
const PRODUCER = 1395;
/** Under which readers look for the graph, and the name of its one function (saved_model/constants.py). */
const TAG = 'serve';
const SIGNATURE = 'serving_default';

/** The bytes of a `saved_model.pb` (saved_model.proto) with one signature and no variables. */
export function savedModelBytes(nodes: readonly NodeDef[], width: number, outputs: number): Uint8Array {
  const graph = new Message();
  for (const node of nodes) graph.bytes(1, nodeOf(node));
  graph.bytes(4, new Message().integer(1, PRODUCER));
  const info = (name: string, size: number): Message =>
    new Message()
      .bytes(1, `${name}:0`)
      .integer(2, DTYPES.float32)
      .bytes(3, shapeOf([-1, size]));
  const signature = new Message()
    .bytes(1, entry(INPUT, info(INPUT, width)))
    .bytes(2, entry(OUTPUT, info(OUTPUT, outputs)))
    .bytes(3, 'tensorflow/serving/predict');
  const meta = new Message()
    .bytes(1, new Message().bytes(4, TAG))
    .bytes(2, graph)
    .bytes(5, entry(SIGNATURE, signature));
  return new Message().integer(1, 1).bytes(2, meta).finish();
}

/** An entry of a map. */
const entry = (key: string, value: Message): Message => new Message().bytes(1, key).bytes(2, value);

function nodeOf({ name, op, inputs, attributes }: NodeDef): Message {
  const node = new Message().bytes(1, name).bytes(2, op);
  for (const input of inputs) node.bytes(3, input);
  for (const [key, value] of Object.entries(attributes)) node.bytes(5, entry(key, attributeOf(value)));
  return node;
}

/** attr_value.proto */
function attributeOf(value: Attribute): Message {
  const message = new Message();
  if ('s' in value) return message.bytes(2, value.s);
  if ('i' in value) return message.integer(3, value.i);
  if ('b' in value) return message.integer(5, value.b);
  if ('type' in value) return message.integer(6, DTYPES[value.type]);
  if ('shape' in value) return message.bytes(7, shapeOf(value.shape));
  if ('tensor' in value) return message.bytes(8, tensorOf(value.tensor));
  return message.bytes(1, new Message().integers(3, value.ints));
}

/** tensor_shape.proto */
function shapeOf(shape: readonly number[]): Message {
  const message = new Message();
  for (const size of shape) message.bytes(2, new Message().integer(1, size));
  return message;
}

/** tensor.proto */
function tensorOf({ type, shape, values }: ConstantValue): Message {
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return new Message().integer(1, DTYPES[type]).bytes(2, shapeOf(shape)).bytes(4, content);
}
