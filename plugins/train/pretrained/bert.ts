import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import {
  pretrainedFormat,
  type PretrainedFiles,
  type PretrainedLayer,
  type PretrainedNet,
  type StoredTensor,
} from '../../../models/index.js';
import { readTokenizer } from '../text/huggingface.js';
import { readJson, readJsonAs } from './read-json.js';
import { readSafetensors } from './safetensors.js';

const size = (most: number): z.ZodNumber => z.number().int().min(1).max(most);

/** What a `config.json` of BERT says, as far as it decides the arithmetic. */
const config = z.looseObject({
  model_type: z.literal('bert'),
  hidden_size: size(65_536),
  hidden_act: z.enum(['gelu', 'relu', 'gelu_new', 'gelu_pytorch_tanh', 'silu']),
  num_attention_heads: size(4096),
  num_hidden_layers: size(1000),
  intermediate_size: size(1_000_000),
  layer_norm_eps: z.number(),
  max_position_embeddings: size(1_000_000),
  vocab_size: size(10_000_000),
  hidden_dropout_prob: z.number().min(0).max(0.95).default(0.1),
  position_embedding_type: z.literal('absolute').default('absolute'),
  is_decoder: z.literal(false).default(false),
});
type Config = z.output<typeof config>;

const ACTIVATIONS = {
  gelu: 'erfGelu',
  gelu_new: 'gelu',
  gelu_pytorch_tanh: 'gelu',
  relu: 'relu',
  silu: 'silu',
} as const;

const WEIGHTS = 'model.safetensors';

/** How the tokens of a sentence become one vector, as sentence-transformers says it. */
const pooling = z.looseObject({ pooling_mode_mean_tokens: z.boolean(), pooling_mode_max_tokens: z.boolean() });
const modules = z.array(z.looseObject({ path: z.string(), type: z.string() }));

/** Encoders of BERT's making (Devlin et al. 2019) as HuggingFace publishes them; as sentence-transformers does, with their pooling. */
export const bert = pretrainedFormat({
  name: 'bert safetensors',
  title: 'Encoders of text of BERT’s making: config.json, tokenizer.json, model.safetensors',
  takes: (names) => [WEIGHTS, 'config.json', 'tokenizer.json'].every((name) => names.includes(name)),
  async read(files, { steps }) {
    const said = await configOf(files);
    if (steps > said.max_position_embeddings)
      throw new UserError(`the net has positions for ${said.max_position_embeddings} steps`, {
        where: { field: 'steps' },
        expected: `at most ${said.max_position_embeddings}`,
        actual: `${steps}`,
      });
    const { tokenizer, vocabulary } = readTokenizer(await files.text('tokenizer.json'), 'tokenizer.json');
    if (vocabulary.length > said.vocab_size)
      throw new UserError('the tokenizer has words that the net has no vector for', {
        where: { file: 'tokenizer.json', field: 'model.vocab' },
        expected: `at most ${said.vocab_size} words, the vocab_size of config.json`,
        actual: `${vocabulary.length} words`,
        remedy: 'take the tokenizer and the weights of one model: these are of two',
      });
    const ending = await endingOf(files);
    const tensors = await readSafetensors(files, WEIGHTS);
    const prefix = tensors.has('embeddings.word_embeddings.weight') ? '' : 'bert.';
    const find = (name: string): StoredTensor => {
      const found = tensors.get(prefix + name);
      if (found) return found;
      throw new UserError(`${WEIGHTS} has no tensor ${prefix}${name}`, { where: { file: WEIGHTS } });
    };
    return {
      input: [steps],
      layers: [...beginning(said, steps, find), ...encoder(said, find), ...ending],
      ends: 'plain',
      text: { steps, tokenizer, vocabulary },
      made: typeof said['_name_or_path'] === 'string' ? said['_name_or_path'] : undefined,
    } satisfies PretrainedNet;
  },
});

async function configOf(files: PretrainedFiles): Promise<Config> {
  const parsed = config.safeParse(readJson(await files.text('config.json'), 'config.json'));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UserError(`the net has no counterpart here: ${issue.path.join('.')}: ${issue.message}`, {
    where: { file: 'config.json', field: issue.path.join('.') },
    expected: 'an encoder of BERT with absolute positions',
  });
}

type Find = (name: string) => StoredTensor;

/** Words, places and the first kind of token, normalised. */
function beginning(said: Config, steps: number, find: Find): PretrainedLayer[] {
  const [words, places, types] = ['word', 'position', 'token_type'].map((name) =>
    find(`embeddings.${name}_embeddings.weight`),
  ) as [StoredTensor, StoredTensor, StoredTensor];
  const size = said.hidden_size;
  return [
    {
      layer: { layer: 'embedding', codes: said.vocab_size, units: size, mask: true },
      origin: 'embeddings.word_embeddings',
      weights: {
        // Ours begin with a vector for what is no code.
        vectors: made(words, [words.shape[0]! + 1, ...words.shape.slice(1)], async () => {
          const values = await words.values();
          const all = new Float32Array(values.length + size);
          all.set(values, size);
          return all;
        }),
      },
    },
    {
      layer: { layer: 'positions' },
      origin: 'embeddings.position_embeddings and token_type_embeddings',
      weights: {
        vectors: made(places, [Math.min(steps, places.shape[0]!), ...places.shape.slice(1)], async () => {
          const [place, type] = [await places.values(), await types.values()];
          return Float32Array.from({ length: steps * size }, (_, i) => place[i]! + type[i % size]!);
        }),
      },
    },
    norm(said, 'embeddings.LayerNorm', find),
    dropout(said),
  ];
}

/** Blocks that are normalised after each part. */
function encoder(said: Config, find: Find): PretrainedLayer[] {
  const affine = (name: string): { kernel: StoredTensor; bias: StoredTensor } => ({
    kernel: transposed(find(`${name}.weight`)),
    bias: find(`${name}.bias`),
  });
  return Array.from({ length: said.num_hidden_layers }, (_, i): PretrainedLayer[] => {
    const at = `encoder.layer.${i}`;
    const parts = [
      ['query', 'attention.self.query'],
      ['key', 'attention.self.key'],
      ['value', 'attention.self.value'],
      ['output', 'attention.output.dense'],
    ] as const;
    const attention = Object.fromEntries(
      parts.flatMap(([ours, theirs]) => {
        const { kernel, bias } = affine(`${at}.${theirs}`);
        return [
          [`${ours} kernel`, kernel],
          [`${ours} bias`, bias],
        ];
      }),
    );
    return [
      {
        layer: { layer: 'residual' },
        origin: `${at}.attention`,
        of: [
          {
            layer: { layer: 'attention', heads: said.num_attention_heads },
            origin: `${at}.attention`,
            weights: attention,
          },
          dropout(said),
        ],
      },
      norm(said, `${at}.attention.output.LayerNorm`, find),
      {
        layer: { layer: 'residual' },
        origin: `${at}.output`,
        of: [
          {
            layer: { layer: 'dense', units: said.intermediate_size, activation: ACTIVATIONS[said.hidden_act] },
            origin: `${at}.intermediate.dense`,
            weights: affine(`${at}.intermediate.dense`),
          },
          {
            layer: { layer: 'dense', units: said.hidden_size, activation: 'linear' },
            origin: `${at}.output.dense`,
            weights: affine(`${at}.output.dense`),
          },
          dropout(said),
        ],
      },
      norm(said, `${at}.output.LayerNorm`, find),
    ];
  }).flat();
}

const dropout = ({ hidden_dropout_prob: share }: Config): PretrainedLayer => ({
  layer: { layer: 'dropout', share },
  origin: 'dropout',
});

const norm = ({ layer_norm_eps: epsilon }: Config, name: string, find: Find): PretrainedLayer => ({
  layer: { layer: 'layerNorm', epsilon },
  origin: name,
  weights: { scale: find(`${name}.weight`), shift: find(`${name}.bias`) },
});

/** Pooling and normalisation as sentence-transformers lists them; the mean where it says nothing. */
async function endingOf(files: PretrainedFiles): Promise<PretrainedLayer[]> {
  const pool = (of: 'mean' | 'max'): PretrainedLayer => ({ layer: { layer: 'pool', of }, origin: 'Pooling' });
  if (!files.names.includes('modules.json')) return [pool('mean')];
  const listed = readJsonAs(modules, await files.text('modules.json'), 'modules.json');
  const layers: PretrainedLayer[] = [];
  for (const { path, type } of listed.slice(1)) {
    const kind = type.split('.').at(-1)!;
    if (kind === 'Normalize') layers.push({ layer: { layer: 'unitNorm' }, origin: type });
    else if (kind === 'Pooling') {
      const file = `${path}/config.json`;
      const said = readJsonAs(pooling, await files.text(file), file);
      const modes = Object.entries(said).filter(([name, on]) => name.startsWith('pooling_mode_') && on === true);
      if (modes.length !== 1 || !(said.pooling_mode_mean_tokens || said.pooling_mode_max_tokens))
        throw noCounterpart(`${path} (${modes.map(([name]) => name).join(', ')})`);
      layers.push(pool(said.pooling_mode_mean_tokens ? 'mean' : 'max'));
    } else throw noCounterpart(`${path} (${kind})`);
  }
  return layers;
}

const noCounterpart = (what: string): UserError =>
  new UserError(`a module has no counterpart here: ${what}`, {
    where: { file: 'modules.json' },
    expected: 'Pooling of the mean or the largest, and Normalize',
  });

/** A tensor that is made of a stored one. */
const made = (from: StoredTensor, shape: readonly number[], values: StoredTensor['values']): StoredTensor => ({
  name: from.name,
  shape,
  values,
});

/** PyTorch keeps a dense layer's weights as `[outputs, inputs]`. */
const transposed = (from: StoredTensor): StoredTensor => {
  const [outputs = 0, inputs = 0] = from.shape;
  return made(from, [inputs, outputs], async () => {
    const values = await from.values();
    const turned = new Float32Array(values.length);
    for (let i = 0; i < inputs; i++)
      for (let j = 0; j < outputs; j++) turned[i * outputs + j] = values[j * inputs + i]!;
    return turned;
  });
};
