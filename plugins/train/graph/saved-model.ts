import type { NativeBackend, OpAttribute } from './native.js';
import { Message } from '../../../models/index.js';
import type { Recording, RecordedConstant } from './record.js';

/** TensorFlow's numbers for types (types.proto). */
const DTYPES = { float32: 1, int32: 3, bool: 10 } as const;
/** Version of graphs that TensorFlow 2 writes (versions.proto); older ones are read with other rules. */
const PRODUCER = 1395;

/** Tag under which the graph stands. */
export const TAG = 'serve';

/**
 * A recording as the bytes of a `saved_model.pb` (saved_model.proto): inputs are placeholders of single precision. `inOrder` lets each
 * operation wait for the one recorded before it: TensorFlow then leaves sums and products as they are, which it would rewrite with
 * other bits.
 */
export function savedModelOf(recording: Recording, binding: NativeBackend['binding'], inOrder: boolean): Uint8Array {
  const graph = new Message();
  const add = (name: string, op: string, inputs: readonly string[], attributes: readonly [string, Message][]): void => {
    const node = new Message().bytes(1, name).bytes(2, op);
    for (const input of inputs) node.bytes(3, input);
    for (const [key, value] of attributes) node.bytes(5, new Message().bytes(1, key).bytes(2, value));
    graph.bytes(1, node);
  };
  for (const { name, shape } of recording.inputs)
    add(
      name,
      'Placeholder',
      [],
      [
        ['dtype', new Message().integer(6, DTYPES.float32)],
        ['shape', new Message().bytes(7, shapeOf(shape))],
      ],
    );
  for (const constant of recording.constants)
    add(
      constant.name,
      'Const',
      [],
      [
        ['dtype', new Message().integer(6, dtypeOf(constant))],
        ['value', new Message().bytes(8, tensorOf(constant))],
      ],
    );
  recording.operations.forEach(({ name, op, inputs, attributes }, i) =>
    add(
      name,
      op,
      inOrder && i > 0 ? [...inputs, `^${recording.operations[i - 1]!.name}`] : inputs,
      attributes.map((attribute) => [attribute.name, attributeOf(attribute, binding)]),
    ),
  );
  graph.bytes(4, new Message().integer(1, PRODUCER));
  const meta = new Message().bytes(1, new Message().bytes(4, TAG)).bytes(2, graph);
  return new Message().integer(1, 1).bytes(2, meta).finish();
}

/** attr_value.proto; the binding's own numbers say what a value is. */
function attributeOf({ name, type, value }: OpAttribute, binding: NativeBackend['binding']): Message {
  switch (type) {
    case binding['TF_ATTR_STRING']:
      return new Message().bytes(2, value as string);
    case binding['TF_ATTR_INT']:
      return Array.isArray(value)
        ? new Message().bytes(1, new Message().integers(3, value as number[]))
        : new Message().integer(3, value as number);
    case binding['TF_ATTR_FLOAT']:
      return new Message().float(4, value as number);
    case binding['TF_ATTR_BOOL']:
      return new Message().integer(5, Boolean(value));
    case binding['TF_ATTR_TYPE']:
      return new Message().integer(6, value as number);
    case binding['TF_ATTR_SHAPE']:
      return new Message().bytes(7, shapeOf(value as number[]));
    default:
      throw new RangeError(`attribute ${name} of type ${type} is not recorded`);
  }
}

/** tensor_shape.proto */
function shapeOf(shape: readonly number[]): Message {
  const message = new Message();
  for (const size of shape) message.bytes(2, new Message().integer(1, size));
  return message;
}

function dtypeOf({ dtype }: RecordedConstant): number {
  return DTYPES[dtype as keyof typeof DTYPES];
}

/** tensor.proto */
function tensorOf(constant: RecordedConstant): Message {
  const { values, dtype, shape } = constant;
  const typed = dtype === 'int32' ? Int32Array.from(values) : dtype === 'bool' ? Uint8Array.from(values) : values;
  const content = new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
  return new Message().integer(1, dtypeOf(constant)).bytes(2, shapeOf(shape)).bytes(4, content);
}
