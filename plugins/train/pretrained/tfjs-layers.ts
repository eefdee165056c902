import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import { pretrainedFormat, type PretrainedFiles, type StoredTensor } from '../../../models/index.js';
import { netOf } from './keras/index.js';
import { readJson } from './read-json.js';

const DESCRIPTION = 'model.json';

const described = z.looseObject({
  format: z.string().optional(),
  generatedBy: z.string().nullish(),
  modelTopology: z.looseObject({ model_config: z.unknown().optional() }).nullable(),
  weightsManifest: z
    .array(
      z.looseObject({
        paths: z.array(z.string()),
        weights: z.array(
          z.looseObject({
            name: z.string(),
            shape: z.array(z.number().int().nonnegative()),
            dtype: z.string(),
            quantization: z.unknown().optional(),
          }),
        ),
      }),
    )
    .default([]),
});

/** Layers models of TensorFlow.js: a description, and weights in shards beside it. */
export const tfjsLayers = pretrainedFormat({
  name: 'tfjs layers',
  title: 'Layers models of TensorFlow.js: model.json and the shards of its weights',
  takes: (names) => names.includes(DESCRIPTION) && names.some((name) => name.endsWith('.bin')),
  async read(files) {
    const parsed = described.safeParse(readJson(await files.text(DESCRIPTION), DESCRIPTION));
    const topology = parsed.success ? parsed.data.modelTopology : null;
    if (!parsed.success || topology === null || (parsed.data.format ?? 'layers-model') !== 'layers-model')
      throw new UserError(`${DESCRIPTION} describes no layers model`, {
        where: { file: DESCRIPTION, field: 'format' },
        expected: 'layers-model',
        actual: parsed.success ? (parsed.data.format ?? 'no format') : 'no description of TensorFlow.js',
        remedy: 'a graph model has lost its layers: convert the model that it came from',
      });
    const { weightsManifest, generatedBy } = parsed.data;
    const net = netOf(topology.model_config ?? topology, DESCRIPTION, () => {
      const all = weightsManifest.flatMap(({ paths, weights }) => tensorsIn(files, paths, weights));
      return ({ name }) => all.filter((tensor) => tensor.name.split('/').slice(0, -1).includes(name));
    });
    return { ...net, made: generatedBy ?? net.made };
  },
});

type Weights = z.output<typeof described>['weightsManifest'][number]['weights'];

/** The tensors of a group, which stand one after the other in its shards as if these were one. */
function tensorsIn(files: PretrainedFiles, paths: readonly string[], weights: Weights): StoredTensor[] {
  let shards: Promise<Uint8Array> | undefined;
  const length = weights.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
  const whole = async (): Promise<Uint8Array> => {
    const parts = await Promise.all(paths.map((path) => files.bytes(path)));
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
    if (bytes.length !== length)
      throw new UserError(`the shards ${paths.join(', ')} are not whole`, {
        where: { file: paths[0] },
        expected: `${length} bytes in all`,
        actual: `${bytes.length} bytes`,
        remedy: 'fetch them again, all of one model',
      });
    return bytes;
  };
  let offset = 0;
  return weights.map(({ name, shape, dtype, quantization }): StoredTensor => {
    if (dtype !== 'float32' || quantization !== undefined)
      throw new UserError(`the weights ${name} are ${quantization === undefined ? dtype : 'quantised'}`, {
        where: { file: DESCRIPTION, field: 'weightsManifest' },
        expected: 'numbers of single precision, as they were trained',
      });
    const [from, count] = [offset, shape.reduce((a, b) => a * b, 1)];
    offset += 4 * count;
    return {
      name,
      shape,
      values: async () => {
        const bytes = await (shards ??= whole());
        const view = new DataView(bytes.buffer);
        return Float32Array.from({ length: count }, (_, i) => view.getFloat32(from + 4 * i, true));
      },
    };
  });
}
