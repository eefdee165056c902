import { UserError } from '@trainyard/errors';
import type { PretrainedLayer, PretrainedNet, Tensors } from '../../../models/index.js';
import { layered, layersSchema, sayShape, type Layers, type Weight } from '../layers/index.js';
import type { LayeredArchitecture } from '../kinds/layered-net.js';

/** Our net in the place of a pretrained one, with its weights. */
export interface OpenedNet {
  readonly architecture: LayeredArchitecture;
  readonly tensors: Tensors;
}

/**
 * The architecture first, then shapes, then numbers: what does not fit is refused before anything is read. Throws a UserError
 * for a layer that our layers do not take, a weight that is missing, and one of another shape, with the layer, what was expected and what was found.
 */
export async function openPretrained(net: PretrainedNet): Promise<OpenedNet> {
  const layers = layersSchema.safeParse(net.layers.map(plain));
  if (!layers.success) {
    const { path, message } = layers.error.issues[0]!;
    const at = net.layers[Number(path[0])];
    throw new UserError(
      `layer ${String(path[0])}, ${at?.origin ?? 'unknown'}, has no counterpart here: ${path.slice(1).join('.')}: ${message}`,
      {
        where: { field: `model.${path.join('.')}` },
      },
    );
  }
  const input = [...net.input];
  const { weights, output } = layered(layers.data, input);
  if (net.ends === 'softmax' && output.length > 1)
    throw new UserError(
      `${net.layers.at(-1)?.origin ?? 'the last layer'} ends in a softmax over each of several steps, which has no counterpart here`,
      {
        expected: 'a softmax over all numbers of a row',
        actual: `an answer of the shape ${sayShape(output)}`,
        remedy: 'take the last layer with linear activation, and normalise its answers yourself',
      },
    );
  const origins = originsOf(net.layers, layers.data);
  const fitting = weights.map((weight) => fitted(weight, origins));
  const tensors: Record<string, Tensors[string]> = {};
  for (const { weight, stored } of fitting)
    tensors[weight.name] = { shape: [...weight.shape], values: single(await stored.values()) };
  const ends = net.ends === 'plain' ? { center: 0, scale: 1, rising: false } : net.ends;
  return { architecture: { input, layers: layers.data, ends }, tensors };
}

function plain({ layer, of }: PretrainedLayer): unknown {
  return of ? { ...(layer as object), of: of.map(plain) } : layer;
}

type Stored = NonNullable<PretrainedLayer['weights']>[string];
interface Origin {
  readonly origin: string;
  readonly stored: Stored;
}

/** What each weight of ours comes from, by the name that `layered` gives it. */
function originsOf(said: readonly PretrainedLayer[], layers: Layers): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  const put = (one: PretrainedLayer, at: string, name: string): void => {
    for (const [weight, stored] of Object.entries(one.weights ?? {}))
      origins.set(`${at} ${name} ${weight}`, { origin: one.origin, stored });
  };
  layers.forEach((layer, i) => {
    if (layer.layer !== 'residual') put(said[i]!, String(i), layer.layer);
    else layer.of.forEach((inner, k) => put(said[i]!.of![k]!, `${i}.${k}`, inner.layer));
  });
  return origins;
}

function fitted(weight: Weight, origins: ReadonlyMap<string, Origin>): { weight: Weight; stored: Stored } {
  const found = origins.get(weight.name);
  if (!found)
    throw new UserError(`no weights for our layer ${weight.name} are among those that were opened`, {
      expected: `numbers of shape ${sayShape(weight.shape)}`,
    });
  const { origin, stored } = found;
  if (sayShape(stored.shape) !== sayShape(weight.shape))
    throw new UserError(`the weights of ${origin}, ${stored.name}, have another shape than its layer`, {
      expected: sayShape(weight.shape),
      actual: sayShape(stored.shape),
      remedy: 'take the weights and the description of one model: these are of two',
    });
  return { weight, stored };
}

const single = (values: Tensors[string]['values']): Float32Array =>
  values instanceof Float32Array ? values : Float32Array.from(values);
