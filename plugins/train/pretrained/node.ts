import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import { implement, type OutputArtifact } from '../../../worker/index.js';
import type { Model } from '../../../core/index.js';
import {
  formatsOnHand,
  openModel,
  writeModel,
  type FeatureRow,
  type PretrainedFormat,
  type PretrainedNet,
} from '../../../models/index.js';
import { layered } from '../layers/index.js';
import { netFiles } from '../net/net-files.js';
import { pretrained } from './contract.js';
import { joinFiles, type TakenFiles } from './files.js';
import { openPretrained, type OpenedNet } from './open.js';
import { readJson } from './read-json.js';

/** What the origin answers to some rows. */
const sampleFile = z.object({
  inputs: z
    .array(z.union([z.string(), z.array(z.number())]))
    .min(1)
    .max(1000),
  outputs: z.array(z.array(z.number())).min(1),
});
type SampleFile = z.output<typeof sampleFile>;

export const pretrainedNode = implement(pretrained, async ({ params, inputs, ctx }) => {
  const files = await joinFiles(inputs.files, params.sha256);
  const format = await formatOf(files, params.format);
  ctx.log(`${files.names.join(', ')}: ${format.title}`);
  const net = await format.read(files, { steps: params.steps });
  const sample = await sampleOf(files, params.sample);
  const opened = await openPretrained(net);
  const { columns, rowOf } = rowsOf(net, opened, params);
  const rows = (sample?.inputs ?? plainInputs(net, opened)).map(rowOf);
  const { output, weights } = layered(opened.architecture.layers, opened.architecture.input);
  const size = output.reduce((a, b) => a * b, 1);
  const parameters = weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const model = await writeModel({
    ...netFiles(opened.architecture, opened.tensors, net.text && { column: params.column, ...net.text }),
    task: { type: 'embedding', size },
    ...(net.text ? { inputs: [{ name: params.column, type: 'text' as const }] } : { transform: asTheyAre(columns) }),
    metrics: {},
    training: { node: pretrained.spec.name, format: format.name, made: net.made ?? null, files: files.digests },
    libraries: {},
    rows: rows.slice(0, 20),
  });
  const worst = sample ? await prove(model, rows, sample, params.tolerance) : 0;
  if (!sample)
    ctx.log(`nothing shows that this net answers as its origin does: put a file ${params.sample} beside the weights`);
  return {
    model: model as OutputArtifact<Model<{ readonly task: 'embedding' }>>,
    figures: {
      value: {
        format: format.name,
        made: net.made ?? null,
        layers: opened.architecture.layers.length,
        parameters,
        proved: sample?.inputs.length ?? 0,
        worst,
        files: files.digests,
      },
    },
  };
});

async function formatOf({ names }: TakenFiles, named: string | undefined): Promise<PretrainedFormat> {
  const formats = await formatsOnHand();
  const fitting = formats.filter((format) => (named === undefined ? format.takes(names) : format.name === named));
  if (fitting.length === 1) return fitting[0]!;
  throw new UserError(
    fitting.length === 0 ? 'the files are of no format that is known here' : 'the files are of several formats',
    {
      where: { port: 'files', ...(named === undefined ? {} : { field: 'format' }) },
      expected: formats.map(({ name, title }) => `${name} (${title})`).join('; '),
      actual: named ?? names.join(', '),
      remedy:
        fitting.length === 0 ? 'name all files of one model' : 'say which by format, or give the files of one alone',
    },
  );
}

async function sampleOf(files: TakenFiles, name: string): Promise<SampleFile | undefined> {
  if (!files.names.includes(name)) return undefined;
  const parsed = sampleFile.safeParse(readJson(await files.text(name), name));
  if (parsed.success && parsed.data.inputs.length === parsed.data.outputs.length) return parsed.data;
  throw new UserError(`${name} is no sample of answers`, {
    where: { port: 'files', file: name },
    expected: '{ "inputs": [numbers or text, …], "outputs": [numbers, …] }, as many of the one as of the other',
  });
}

/** How a row is made of a sample's input. Throws a UserError where it does not fit. */
function rowsOf(
  { text }: PretrainedNet,
  { architecture }: OpenedNet,
  { column, columns: named }: { readonly column: string; readonly columns?: readonly string[] | undefined },
): { readonly columns: readonly string[]; readonly rowOf: (input: string | readonly number[]) => FeatureRow } {
  const refuse = (input: string | readonly number[], expected: string): UserError =>
    new UserError('an input of the sample is not what the net takes', {
      where: { port: 'files' },
      expected,
      actual: typeof input === 'string' ? 'text' : `${input.length} numbers`,
    });
  if (text)
    return {
      columns: [column],
      rowOf: (input) => {
        if (typeof input !== 'string') throw refuse(input, 'text');
        return { [column]: input };
      },
    };
  const width = architecture.input.reduce((a, b) => a * b, 1);
  const columns = named ?? Array.from({ length: width }, (_, i) => `x${i}`);
  if (columns.length !== width)
    throw new UserError(`the net takes ${width} numbers a row, and ${columns.length} columns are named`, {
      where: { field: 'columns' },
    });
  return {
    columns,
    rowOf: (input) => {
      if (typeof input === 'string' || input.length !== width) throw refuse(input, `${width} numbers`);
      return Object.fromEntries(columns.map((name, i) => [name, input[i]!]));
    },
  };
}

/** Rows for the model's own sample where nothing is known of its answers. */
function plainInputs({ text }: PretrainedNet, { architecture }: OpenedNet): (string | number[])[] {
  const width = architecture.input.reduce((a, b) => a * b, 1);
  return text ? ['', 'a text'] : [0, 1].map((value) => Array.from({ length: width }, () => value));
}

/** A transform that leaves numbers as they are. */
const asTheyAre = (columns: readonly string[]) => ({
  format: 'trainyard.transform/1' as const,
  rows: 0,
  steps: columns.map((column) => ({
    kind: 'numeric' as const,
    column,
    fill: 0,
    center: 0,
    scale: 1,
    clip: Number.MAX_VALUE,
    indicator: false,
  })),
});

/** The largest difference from the origin's answers. Throws a UserError where one is too large, or the answers are of another size. */
async function prove(
  model: { readonly files?: OutputArtifact['files'] },
  rows: readonly FeatureRow[],
  { outputs }: SampleFile,
  tolerance: number,
): Promise<number> {
  const predictor = await openModel(model.files as Readonly<Record<string, Uint8Array | string>>);
  try {
    const answers = await predictor.score(rows);
    const size = predictor.outputs.length;
    let worst = 0;
    outputs.forEach((expected, row) => {
      if (expected.length !== size)
        throw new UserError('the sample has answers of another size than the net', {
          where: { port: 'files', row },
          expected: `${size} numbers`,
          actual: `${expected.length} numbers`,
        });
      expected.forEach((value, k) => {
        const off = Math.abs(answers[row * size + k]! - value);
        if (!(off <= tolerance * Math.max(1, Math.abs(value))))
          throw new UserError('the opened net answers otherwise than its origin', {
            where: { port: 'files', row },
            expected: `${value} for number ${k} of the answer`,
            actual: `${answers[row * size + k]}`,
            remedy: 'compare how the two prepare their inputs: scaling, tokens, steps',
          });
        worst = Math.max(worst, off);
      });
    });
    return worst;
  } finally {
    await predictor.dispose();
  }
}
