import type { z } from 'zod';
import { UserError } from '@trainyard/errors';
import type { InputArtifact } from '../../../worker/index.js';
import { MODEL_FILES, parseCard, tensorOf, TENSORS_FILE, unpackTensors } from '../../../models/index.js';
import { layeredNet, type LayeredArchitecture } from '../kinds/layered-net.js';
import { textNet, type TextNetSettings } from '../kinds/text-net.js';
import type { TensorSettings } from '../kinds/tensor-kind.js';
import { layered } from '../layers/index.js';
import type { NetText } from '../net/net-files.js';
import { readVocabulary, VOCABULARY_FILE } from '../text/vocabulary.js';

/** A net that was trained before. */
export interface Base {
  readonly architecture: LayeredArchitecture;
  /** Of all its weights, in the order of the architecture. */
  readonly weights: readonly Float32Array[];
  /** How many of its last layers answer its own task. */
  readonly answering: number;
  readonly text: NetText | undefined;
  /** Digest of the model, for records. */
  readonly digest: string;
}

type NetSettings = TensorSettings<LayeredArchitecture>;

/** Where the kinds of nets of layers keep their net. */
const NETS: Readonly<Record<string, (settings: unknown) => { net: NetSettings; text?: TextNetSettings }>> = {
  [layeredNet.name]: (settings) => ({ net: layeredNet.settings.parse(settings) }),
  [textNet.name]: (settings) => {
    const text = (textNet.settings as unknown as z.ZodType<TextNetSettings>).parse(settings);
    return { net: text.net, text };
  },
};

/** Reads a model of layers. Throws a UserError for a model of another kind, and for weights that do not fit its layers. */
export async function readBase(model: InputArtifact): Promise<Base> {
  const card = parseCard(await model.text(MODEL_FILES.card));
  const take = Object.hasOwn(NETS, card.kind) ? NETS[card.kind] : undefined;
  if (!take)
    throw new UserError(`a model of the kind "${card.kind}" cannot be fine-tuned`, {
      where: { port: 'model' },
      expected: `a net of layers: ${Object.keys(NETS).join(' or ')}, as train.pretrained, train.layeredNet and train.textNet give them`,
      actual: card.kind,
    });
  const { net, text } = take(card.settings);
  const { architecture } = net;
  const tensors = unpackTensors(net.tensors, await model.bytes(TENSORS_FILE));
  const { weights } = layered(architecture.layers, architecture.input);
  return {
    architecture,
    weights: weights.map(({ name, shape }) => single(tensorOf(tensors, name, shape).values)),
    answering: card.task.type === 'embedding' && typeof architecture.ends === 'object' ? 0 : 1,
    text: text && {
      column: text.column,
      ...text.text,
      vocabulary: readVocabulary(await model.bytes(VOCABULARY_FILE)),
    },
    digest: model.ref.digest,
  };
}

const single = (values: Float32Array | Float64Array): Float32Array =>
  values instanceof Float32Array ? values : Float32Array.from(values);
