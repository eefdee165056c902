import { randomFrom } from '@trainyard/numeric';
import type { Model, Ref } from '../../core/kinds.js';
import { fitFeaturesNode } from '../../plugins/features/worker.js';
import { parseNode } from '../../plugins/ingest/worker.js';
import { treesNode, logisticNode } from '../../plugins/train/worker.js';
import type { Store } from '../../store/index.js';
import type { Implementation } from '../../worker/index.js';
import { runNode, type NodeRun, type RunNodeOptions } from '../../worker/testing/run-node.js';

export const NUMERIC = ['bill', 'depth', 'flipper', 'mass'] as const;
export const CATEGORICAL = ['island', 'sex'] as const;
export const LABEL = 'species';
const SPECIES = ['adelie', 'chinstrap', 'gentoo'];
const ISLANDS = ['biscoe', 'dream', 'torgersen'];

export type BenchRow = Readonly<Record<string, number | string>>;

/** Rows of three kinds of birds that overlap, by a seeded draw. */
export function makeRows(count: number, seed: number): BenchRow[] {
  const random = randomFrom(seed);
  const spread = (): number => random.uniform() + random.uniform() + random.uniform() - 1.5;
  const round = (value: number): number => Math.round(value * 10) / 10;
  return Array.from({ length: count }, () => {
    const kind = random.integer(3);
    return {
      bill: round(38 + 5 * kind + 5 * spread()),
      depth: round(18 - 1.5 * kind + 2 * spread()),
      flipper: round(190 + 12 * kind + 10 * spread()),
      mass: round(3700 + 600 * kind + 600 * spread()),
      island: ISLANDS[random.integer(3)]!,
      sex: random.uniform() < 0.5 ? 'female' : 'male',
      [LABEL]: SPECIES[kind]!,
    };
  });
}

export const csvOf = (rows: readonly BenchRow[]): string => {
  const names = [...NUMERIC, ...CATEGORICAL, LABEL];
  return `${[names.join(','), ...rows.map((row) => names.map((name) => row[name]).join(','))].join('\n')}\n`;
};

export interface Trained {
  readonly linear: Ref<Model>;
  readonly trees: Ref<Model>;
  /** The table that they were trained on. */
  readonly table: NodeRun['output'];
}

/** Our models of a CSV text: logistic regression, and boosted trees by LightGBM, of the same features. */
export async function trainModels(csv: string, store: Store): Promise<Trained> {
  const run = async (node: Implementation, options: RunNodeOptions): Promise<NodeRun> =>
    runNode(node, { ...options, store });
  const source = { value: { source: 'birds.csv' }, files: { source: csv } };
  const table = Object.values((await run(parseNode, { inputs: { source } })).outputs)[0]!;
  const recipe = { numeric: NUMERIC, categorical: CATEGORICAL, label: LABEL };
  const prep = (await run(fitFeaturesNode, { params: { recipe }, inputs: { table } })).outputs['transform'];
  const params = { label: LABEL };
  const train = async (node: Implementation, inputs: object): Promise<Ref<Model>> =>
    (await run(node, { params, inputs: { train: table, prep, ...inputs } as NonNullable<RunNodeOptions['inputs']> }))
      .outputs['model']!.ref as Ref<Model>;
  return { linear: await train(logisticNode, {}), trees: await train(treesNode, { validation: table }), table };
}
