import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import type { PretrainedLayer, PretrainedNet, StoredTensor } from '../../../../models/index.js';
import type { KerasLayer, Placed } from './counterpart.js';
import { COUNTERPARTS } from './registry.js';

const layerSchema = z.looseObject({
  class_name: z.string(),
  name: z.string().optional(),
  config: z.looseObject({ name: z.string().optional() }),
  inbound_nodes: z.array(z.unknown()).optional(),
});
type Said = z.output<typeof layerSchema>;

const modelSchema = z.looseObject({
  class_name: z.string(),
  config: z.union([z.looseObject({ layers: z.array(layerSchema) }), z.array(layerSchema)]),
});

/** Tensors of a layer in the order of `get_weights()`: names and shapes, no numbers. */
export type WeightsOf = (layer: KerasLayer) => readonly StoredTensor[];

const nameOf = ({ name, config }: Said): string => name ?? config.name ?? '';

/**
 * A net as Keras or TensorFlow.js describes it: a chain of layers. Throws a UserError that names each layer without a counterpart, and what of
 * it there is none for; weights are looked at afterwards.
 */
export function netOf(description: unknown, file: string, weightsOf: () => WeightsOf): PretrainedNet {
  const parsed = modelSchema.safeParse(description);
  if (!parsed.success)
    throw new UserError(`${file} describes no net of Keras`, {
      where: { file, field: parsed.error.issues[0]?.path.join('.') },
      expected: 'a Sequential or Functional model',
    });
  const { config, class_name: className } = parsed.data;
  const said = Array.isArray(config) ? config : config.layers;
  const layers = said.map((one): KerasLayer => ({ className: one.class_name, name: nameOf(one), config: one.config }));
  const placed = layers.map((layer) => COUNTERPARTS.get(layer.className)?.place(layer.config));
  const problems = layers.flatMap(({ name, className: kind }, i) => {
    const at = placed[i];
    const inChain = chained(said, i);
    return [
      ...(at === undefined ? [`${name} (${kind})`] : typeof at === 'string' ? [`${name} (${kind}): ${at}`] : []),
      ...(inChain === undefined ? [] : [`${name} (${kind}): ${inChain}`]),
    ];
  });
  const answering = placed.findLastIndex((one) => typeof one === 'object' && (one.layer !== undefined || one.softmax));
  placed.forEach((one, i) => {
    if (typeof one === 'object' && one.softmax && i !== answering)
      problems.push(`${layers[i]!.name} (${layers[i]!.className}): a softmax that is not the last layer`);
  });
  if (problems.length > 0)
    throw new UserError(
      `${problems.length} of the ${layers.length} layers have no counterpart here: ${problems.join('; ')}`,
      {
        where: { file },
        expected: `a chain of ${[...COUNTERPARTS.keys()].sort().join(', ')}`,
        remedy: 'cut the net before them, or open it in its own library and bring its outputs as features',
      },
    );
  const found = placed as Placed[];
  const weights = weightsOf();
  return {
    input: inputOf(layers, parsed.data, file),
    layers: layers.flatMap((layer, i): PretrainedLayer[] =>
      found[i]!.layer === undefined ? [] : [weighed(layer, found[i]!, weights(layer), file)],
    ),
    ends: found.some(({ softmax }) => softmax) ? 'softmax' : 'plain',
    made: className,
  };
}

function weighed(
  layer: KerasLayer,
  { layer: ours }: Placed,
  stored: readonly StoredTensor[],
  file: string,
): PretrainedLayer {
  const { className, name, config } = layer;
  const origin = `${name} (${className})`;
  const take = COUNTERPARTS.get(className)!.weights;
  if (!take) return { layer: ours!, origin };
  const weights = take(config, stored);
  if (weights) return { layer: ours!, origin, weights };
  throw new UserError(`the weights of layer ${origin} are not those that its description asks for`, {
    where: { file },
    actual: stored.length === 0 ? 'none' : stored.map((one) => `${one.name} [${one.shape.join(', ')}]`).join('; '),
    remedy: 'take the weights and the description of one model: these are of two',
  });
}

/** What a layer takes that is not the one before it; undefined where it is. */
function chained(said: readonly Said[], i: number): string | undefined {
  const nodes = said[i]!.inbound_nodes;
  if (nodes === undefined || i === 0) return undefined;
  const from = namesIn(nodes);
  const before = nameOf(said[i - 1]!);
  if (nodes.length === 1 && from.length === 1 && from[0] === before) return undefined;
  return from.length === 0 ? 'a second input' : `it takes ${from.join(' and ')}, not the one layer before it`;
}

/** Names of layers in inbound nodes, as Keras 3 (`keras_history`) and those before it (`[name, node, tensor]`) write them. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    const [name, node, tensor] = value as unknown[];
    if (typeof name === 'string' && typeof node === 'number' && typeof tensor === 'number') return [name];
    return value.flatMap(namesIn);
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namesIn) : [];
}

/** Most numbers of a row: each is a column. */
const WIDEST = 1_000_000;

const shape = z.array(z.number().int().positive().nullable()).min(2);

/** Shape of a row: what the input layer says, or the first layer. */
function inputOf(layers: readonly KerasLayer[], model: z.output<typeof modelSchema>, file: string): number[] {
  const config = layers[0]?.config ?? {};
  const build = Array.isArray(model.config) ? undefined : (model.config['build_input_shape'] as unknown);
  const parsed = shape.safeParse(config['batch_shape'] ?? config['batch_input_shape'] ?? build);
  const [, ...row] = parsed.success ? parsed.data : [];
  if (row.length > 0 && row.length <= 3 && row.every((size) => size !== null)) {
    const sizes = row as number[];
    const width = sizes.reduce((a, b) => a * b, 1);
    if (width <= WIDEST) return sizes;
    throw new UserError('the net takes more numbers a row than are opened here', {
      where: { file },
      expected: `at most ${WIDEST}`,
      actual: `${width}, of the shape [${sizes.join(', ')}]`,
      remedy: 'give it smaller rows, such as pictures of a lower resolution',
    });
  }
  throw new UserError('the net says no shape of a row, or one of any length', {
    where: { file },
    expected: 'one to three sizes, such as [null, 28, 28, 1]',
    actual: JSON.stringify(config['batch_shape'] ?? config['batch_input_shape'] ?? null),
  });
}
