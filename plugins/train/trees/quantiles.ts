import { html, htmlPage } from '@trainyard/pages';
import { implement, type NodeContext } from '../../../worker/index.js';
import { quantileTrees as kind } from '../kinds/quantile-trees.js';
import { readNumberSurroundings } from '../training-environment.js';
import { writeQuantileOutcome, type Trained } from '../training-result.js';
import { quantileTrees } from './contract.js';
import { growthSection } from './growth-report.js';
import { singleLabels } from './labels.js';
import { numberLoss } from './loss.js';
import { grow, rowsFor, type GrownAndSaid } from './train.js';
import { writtenParts } from './written-parts.js';

const fileOf = (quantile: number): string => `trees-${quantile}.txt`;

/** One model for each quantile, after another. A checkpoint holds where each has come to. */
export const quantileTreesNode = implement(quantileTrees, async ({ params, inputs, ctx }) => {
  const around = await readNumberSurroundings(inputs, params.label, ctx.scratch, params.weight, true);
  const { train, validation } = around;
  const { quantiles } = params;
  const rows = rowsFor(
    train,
    singleLabels(train, params.label, 'train'),
    train.weights && Float32Array.from(train.weights),
  );
  const watched = validation && rowsFor(validation, singleLabels(validation, params.label, 'validation'));
  const bundle = await CheckpointBundle.load(ctx, quantiles.length);
  const grown: GrownAndSaid[] = [];
  for (const [i, quantile] of quantiles.entries())
    grown.push(
      await grow({ ...params, quantile }, around, bundle.contextOf(i, params.num_iterations), {
        objective: { objective: 'quantile', alpha: quantile },
        outputs: 1,
        loss: numberLoss('quantile', quantile),
        train: rows,
        validation: watched,
        followed: i + 1 < quantiles.length,
      }),
    );
  const { model, figures } = await writeQuantileOutcome(trainedBy(params, grown, ctx), quantiles, around);
  return { model, figures, growth: reportOf(quantiles, grown) };
});

function trainedBy(
  params: { readonly quantiles: readonly number[] },
  grown: readonly GrownAndSaid[],
  ctx: NodeContext,
): Trained {
  const { settings, files, libraries } = writtenParts(grown, params.quantiles.map(fileOf));
  return {
    kind,
    settings: settings as unknown as Trained['settings'],
    files,
    training: {
      node: quantileTrees.spec.name,
      version: quantileTrees.spec.version,
      params,
      seed: ctx.seed,
      iterations: grown.map(({ history }) => history.length),
      bestIterations: grown.map(({ best }) => best),
      stops: grown.map(({ stop }) => stop),
    },
    libraries,
  };
}

function reportOf(quantiles: readonly number[], grown: readonly GrownAndSaid[]) {
  const sections = grown.map((one, i) => ({ quantile: quantiles[i]!, ...growthSection(one, one.facts) }));
  const page = html`${sections.map(
    ({ quantile, body }) =>
      html`<h1>Quantile ${quantile}</h1>
        ${body}`,
  )}`;
  const value = { quantiles: sections.map((section) => ({ quantile: section.quantile, ...section.value })) };
  const whole = sections.map(({ quantile, value: own, curves }) => ({ quantile, ...own, ...curves }));
  return {
    value,
    files: {
      'report.html': htmlPage('Growth of trees', page),
      'report.json': `${JSON.stringify({ quantiles: whole })}\n`,
    },
  };
}

/** One checkpoint for trainings that follow one another, each with a part of its own. */
export class CheckpointBundle {
  private constructor(
    private readonly ctx: NodeContext,
    private readonly parts: (Uint8Array | undefined)[],
  ) {}

  static async load(ctx: NodeContext, count: number): Promise<CheckpointBundle> {
    const bytes = await ctx.checkpoint.load();
    return new CheckpointBundle(ctx, bytes ? unpack(bytes, count) : Array.from({ length: count }, () => undefined));
  }

  /** The context of one of them: its checkpoint is its part, its progress a share of the whole, its steps follow those before. */
  contextOf(at: number, steps: number): NodeContext {
    const { ctx, parts } = this;
    return {
      ...ctx,
      progress: (share, message) => ctx.progress((at + share) / parts.length, message),
      report: (step, value) => ctx.report(at * steps + step, value),
      checkpoint: {
        load: async () => parts[at],
        save: async (bytes) => {
          parts[at] = bytes;
          await ctx.checkpoint.save(pack(parts));
        },
      },
    };
  }
}

/** Lengths of the parts as JSON and a line's end, then the parts. */
function pack(parts: readonly (Uint8Array | undefined)[]): Uint8Array {
  const head = new TextEncoder().encode(`${JSON.stringify(parts.map((part) => part?.length ?? 0))}\n`);
  return Buffer.concat([head, ...parts.map((part) => part ?? new Uint8Array())]);
}

/** The parts again; what is cut short is found damaged by whoever takes it up, and what has no head is none. */
function unpack(bytes: Uint8Array, count: number): (Uint8Array | undefined)[] {
  const end = bytes.indexOf(10);
  const head = new TextDecoder().decode(bytes.subarray(0, Math.max(end, 0)));
  const lengths = /^\[[\d,]*\]$/.test(head) ? (JSON.parse(head) as number[]) : [];
  let at = end + 1;
  return Array.from({ length: count }, (_, i) => {
    const length = lengths[i] ?? 0;
    at += length;
    return length === 0 ? undefined : bytes.slice(at - length, at);
  });
}
