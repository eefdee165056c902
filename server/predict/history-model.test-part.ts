import type { Model, Ref } from '../../core/kinds.js';
import { cleanTableNode } from '../../plugins/clean/worker.js';
import { fitFeaturesNode, historyNode } from '../../plugins/features/worker.js';
import { parseNode } from '../../plugins/ingest/worker.js';
import { regressionTreesNode } from '../../plugins/train/worker.js';
import type { Store } from '../../store/index.js';
import type { Implementation } from '../../worker/index.js';
import { runNode, type RunNodeOptions } from '../../worker/testing/index.js';

/** Sales by shop and day, some not known; `y` is what was sold the day before. */
const sales = ['shop,day,sold,y'];
for (let i = 0; i < 240; i++) {
  const day = new Date(Date.UTC(2024, 0, 1 + (i >> 1))).toISOString().slice(0, 10);
  sales.push(`${'ab'[i % 2]},${day},${i % 14 === 0 ? '' : (i * 7) % 31},${((i - 2) * 7) % 31}`);
}

/** A model of what shops sold before, trained on a table whose missing cells were filled before. */
export async function writeHistoryModel(store: Store): Promise<Ref<Model>> {
  const run = async (node: Implementation, options: RunNodeOptions) =>
    (await runNode(node, { ...options, store })).outputs;
  const source = { value: { source: 'sales.csv' }, files: { source: `${sales.join('\n')}\n` } };
  const parsed = await run(parseNode, { inputs: { source } });
  const raw = Object.values(parsed)[0];
  const rules = [{ rule: 'fill', column: 'sold', value: 0 }];
  const { table: clean } = await run(cleanTableNode, { params: { rules }, inputs: { table: raw } });
  const columns = [
    { name: 'sold before', of: 'sold', take: 'lag' },
    { name: 'sold in a week', of: 'sold', take: 'mean', within: '7 days' },
  ];
  const params = { key: ['shop'], order: 'day', columns };
  const { table } = await run(historyNode, { params, inputs: { table: clean } });
  const recipe = { numeric: ['sold before', 'sold in a week'], label: 'y' };
  const { transform } = await run(fitFeaturesNode, { params: { recipe }, inputs: { table } });
  const { model } = await run(regressionTreesNode, {
    params: { label: 'y' },
    inputs: { train: table, validation: table, prep: transform },
  });
  return model!.ref as Ref<Model>;
}
