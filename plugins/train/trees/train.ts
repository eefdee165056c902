import { UserError } from '@trainyard/errors';
import { canonical, digestText } from '../../../core/index.js';
import { implement, type NodeContext } from '../../../worker/index.js';
import { loadLightgbm, type DatasetRows, type Parameters } from '../../kit/lightgbm.js';
import { weightsOfClasses } from '../class-weights.js';
import { regressionTrees, trees } from '../contract.js';
import { requireClasses, type Rows } from '../dataset.js';
import { readiness, textDigest, trees as treesKind, TREES_FILE, type TreesSettings } from '../kinds/trees.js';
import { readNumberSurroundings, readSurroundings } from '../training-environment.js';
import { writeNumberOutcome, writeOutcome, type Surroundings, type Trained } from '../training-result.js';
import { growTrees, type Grown, type Growth } from './boosting.js';
import { columnsOf, constraintsOf, type Columns } from './columns.js';
import { diagnoseGrowth, growthReport, type GrowthFacts } from './growth-report.js';
import { requireRange, rowWeights, singleLabels } from './labels.js';
import { logLossOf, numberLoss, type Loss } from './loss.js';
import { linkOf } from './segments.js';
import { treeParameters, type TreeParameters } from './parameters.js';

export const treesNode = implement(trees, async ({ params, inputs, ctx }) => {
  const around = await readSurroundings(inputs, params.label, ctx.scratch, params.weight, true);
  const { train, validation } = around;
  requireClasses(train, params.label);
  const classes = train.classes.length;
  const weights = rowWeights(train, weightsOfClasses(params.classWeights, train));
  const grown = await grow(params, around, ctx, {
    objective: classes === 2 ? { objective: 'binary' } : { objective: 'multiclass', num_class: classes },
    outputs: classes === 2 ? 1 : classes,
    loss: logLossOf(classes),
    train: rowsFor(train, Float32Array.from(train.labels), weights),
    validation: validation && rowsFor(validation, Float32Array.from(validation.labels)),
  });
  const { model, figures } = await writeOutcome(trainedBy(trees.spec, params, grown, ctx), around);
  return { model, figures, growth: growthReport(grown, grown.facts) };
});

export const regressionTreesNode = implement(regressionTrees, async ({ params, inputs, ctx }) => {
  const around = await readNumberSurroundings(inputs, params.label, ctx.scratch, params.weight, true);
  const { train, validation } = around;
  const { objective, alpha, fair_c, poisson_max_delta_step, tweedie_variance_power } = params;
  requireRange(objective, train, params.label);
  if (objective === 'quantile' && alpha !== undefined && alpha >= 1)
    throw new UserError('a quantile is below 1', { where: { field: 'alpha' }, actual: String(alpha) });
  const grown = await grow(params, around, ctx, {
    objective: { objective, alpha, fair_c, poisson_max_delta_step, tweedie_variance_power },
    outputs: 1,
    loss: numberLoss(objective, alpha ?? 0.9),
    train: rowsFor(
      train,
      singleLabels(train, params.label, 'train'),
      train.weights && Float32Array.from(train.weights),
    ),
    validation: validation && rowsFor(validation, singleLabels(validation, params.label, 'validation')),
  });
  const { model, figures } = await writeNumberOutcome(trainedBy(regressionTrees.spec, params, grown, ctx), around);
  return { model, figures, growth: growthReport(grown, grown.facts) };
});

export const rowsFor = (
  { rows, width, features }: Rows,
  labels: Float32Array,
  weights?: Float32Array,
): DatasetRows => ({
  rows,
  width,
  features,
  labels,
  weights,
});

interface Learned {
  readonly objective: Parameters;
  readonly outputs: number;
  readonly loss: Loss;
  readonly train: DatasetRows;
  readonly validation: DatasetRows | undefined;
  /** Another training follows in the same node. */
  readonly followed?: boolean;
}

export interface GrownAndSaid extends Grown {
  readonly columns: Columns;
  readonly facts: GrowthFacts;
  readonly version: string;
}

/** Grows the trees of either kind of label. */
export async function grow(
  params: TreeParameters & { readonly label: string; readonly quantile?: number },
  around: Pick<Surroundings<Rows>, 'transform' | 'train'>,
  ctx: NodeContext,
  learned: Learned,
): Promise<GrownAndSaid> {
  const { transform } = around;
  requireConsistent(params, learned.validation !== undefined);
  const columns = columnsOf(transform, around.train);
  const threads = threadsFor(params, ctx);
  const lightgbm = await loadLightgbm();
  const parameters: Parameters = {
    ...learned.objective,
    ...standardOnly(params),
    monotone_constraints: constraintsOf(params.monotone_constraints, columns),
    categorical_feature: columns.categories.length === 0 ? undefined : columns.categories.map(([at]) => at),
    deterministic: true,
    force_row_wise: true,
  };
  const seed = ctx.seed % 2 ** 31;
  const { train } = learned;
  // As it will be served.
  const validation = learned.validation && {
    ...learned.validation,
    features: readiness(columns)(learned.validation.features, learned.validation.rows),
  };
  const growth: Growth = {
    lightgbm,
    ...learned,
    validation,
    parameters,
    iterations: params.num_iterations,
    forest: params.boosting === 'rf',
    link: linkOf(String(learned.objective['objective'])),
    segment: params.segment,
    patience: params.early_stopping_round,
    minDelta: params.early_stopping_min_delta,
    seed,
    threads,
    fingerprint: digestText(canonical({ params, seed, rows: train.rows, width: train.width, on: lightgbm.version })),
  };
  const grown = await growTrees(growth, ctx);
  const facts: GrowthFacts = {
    loss: learned.loss,
    constantLoss: constantLoss(learned),
    features: columns.features,
    rows: train.rows,
    minDataInLeaf: params.min_data_in_leaf,
    patience: params.early_stopping_round,
    about: `${train.rows} training rows, ${learned.validation?.rows ?? 0} validation rows, ${train.width} features, ${columns.categories.length} of them categories; LightGBM ${lightgbm.version}`,
  };
  if (grown.stop.kind === 'no split' && grown.history.length <= 1) ctx.log(diagnoseGrowth(grown, facts)[0]!);
  return { ...grown, columns, facts, version: lightgbm.version };
}

/** LightGBM's parameters among ours: those that our loop does itself are left out. */
function standardOnly(params: TreeParameters): Parameters {
  const ours = new Set(['segment', 'early_stopping_round', 'early_stopping_min_delta', 'monotone_constraints']);
  const names = Object.keys(treeParameters).filter((name) => !ours.has(name)) as (keyof TreeParameters)[];
  return Object.fromEntries(names.map((name) => [name, params[name] as Parameters[string]]));
}

/** Another number of threads would make another model of these. */
function threadsFor(params: TreeParameters, ctx: NodeContext): number {
  const what =
    params.use_quantized_grad === true ? 'quantized gradients' : params.data_sample_strategy === 'goss' ? 'goss' : '';
  if (what === '' || ctx.threads === 1) return ctx.threads;
  ctx.log(
    `trained on one thread instead of ${ctx.threads}: with ${what}, LightGBM's model depends on the number of threads`,
  );
  return 1;
}

/** Throws a UserError for parameters that contradict each other, which LightGBM would take or refuse late. */
function requireConsistent(params: TreeParameters, validated: boolean): void {
  const wrong = (field: string, what: string, remedy: string): never => {
    throw new UserError(what, { where: { field }, remedy });
  };
  if (params.early_stopping_round > 0 && !validated)
    wrong(
      'early_stopping_round',
      'early stopping needs validation rows',
      'give the input validation, or leave early_stopping_round out',
    );
  if (params.early_stopping_round > 0 && params.boosting === 'dart')
    wrong(
      'early_stopping_round',
      'dart has no early stopping: later iterations change the trees of earlier ones',
      'leave early_stopping_round out, or take boosting gbdt',
    );
  if (params.boosting === 'rf' && !(params.bagging_freq > 0 && params.bagging_fraction < 1))
    wrong('boosting', 'a forest needs rows drawn for each tree', 'say bagging_freq: 1 and bagging_fraction: 0.632');
  if (params.boosting === 'rf' && params.data_sample_strategy === 'goss')
    wrong('data_sample_strategy', 'a forest has no goss', 'leave data_sample_strategy out');
  if (params.bagging_fraction < 1 && params.bagging_freq === 0)
    wrong('bagging_fraction', 'bagging_fraction does nothing while bagging_freq is 0', 'say bagging_freq: 1');
}

/** Loss of the best constant answer on the training rows: the shares of the classes, the mean. */
function constantLoss({ loss, outputs, objective, train }: Learned): number {
  const { labels, rows, groups } = train;
  const answers = new Float64Array(rows * outputs);
  for (let k = 0; k < outputs; k++) {
    let sum = 0;
    for (const label of labels) sum += outputs === 1 ? label : label === k ? 1 : 0;
    answers.fill(sum / rows, k * rows, (k + 1) * rows);
  }
  // The best constants of these are no means.
  const quantile = objective['objective'] === 'quantile' ? Number(objective['alpha'] ?? 0.9) : undefined;
  const middle = objective['objective'] === 'regression_l1' ? 0.5 : quantile;
  if (middle !== undefined)
    answers.fill(Float32Array.from(labels).sort()[Math.min(rows - 1, Math.floor(middle * rows))]!);
  return loss.of(answers, labels, undefined, groups);
}

export function trainedBy(
  spec: { readonly name: string; readonly version: string },
  params: Readonly<Record<string, unknown>>,
  grown: GrownAndSaid,
  ctx: NodeContext,
): Trained {
  const settings: TreesSettings = { ...grown.columns, iterations: grown.best, sha256: textDigest(grown.text) };
  return {
    kind: treesKind,
    settings: settings as unknown as Trained['settings'],
    files: { [TREES_FILE]: grown.text },
    training: {
      node: spec.name,
      version: spec.version,
      params,
      seed: ctx.seed,
      iterations: grown.history.length,
      bestIteration: grown.best,
      stop: grown.stop,
    },
    libraries: { lightgbm: grown.version },
  };
}
