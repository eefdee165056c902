import { UserError } from '@trainyard/errors';
import { transformInputs } from '@trainyard/transforms';
import { implement } from '../../../worker/index.js';
import type { NumberDataset } from '../dataset.js';
import { readNumberSurroundings } from '../training-environment.js';
import { writeTaskOutcome } from '../training-result.js';
import { rankingTrees } from './contract.js';
import { growthReport } from './growth-report.js';
import { rankingLoss } from './loss.js';
import { grow, rowsFor, trainedBy } from './train.js';
import type { DatasetRows } from '../../kit/lightgbm.js';

/** LightGBM's table of gains ends there. */
const MOST_RELEVANT = 30;

export const rankingTreesNode = implement(rankingTrees, async ({ params, inputs, ctx }) => {
  const { label, group, places, lambdarank_truncation_level, lambdarank_norm } = params;
  const around = await readNumberSurroundings(inputs, label, ctx.scratch, params.weight, true, group);
  if (transformInputs(around.transform).some(({ name }) => name === group))
    throw new UserError(`column "${group}" says the group and is a feature at once`, {
      where: { field: 'group', column: group },
      remedy: 'leave it out of the recipe of features.fit: new groups have names that training never saw',
    });
  const { train, validation } = around;
  requireRelevance(train, label, 'train');
  if (validation) requireRelevance(validation, label, 'validation');
  const grown = await grow(params, around, ctx, {
    objective: { objective: 'lambdarank', lambdarank_truncation_level, lambdarank_norm },
    outputs: 1,
    loss: rankingLoss(places),
    train: groupedRows(train),
    validation: validation && groupedRows(validation),
  });
  const task = { type: 'ranking' as const, label, group };
  const { model, figures } = await writeTaskOutcome(
    trainedBy(rankingTrees.spec, params, grown, ctx),
    task,
    around,
    ({ labels }) => [...labels],
  );
  return { model, figures, growth: growthReport(grown, grown.facts) };
});

/** Throws a UserError for a relevance that the library would refuse or cut, and where no group has anything to tell apart. */
function requireRelevance({ labels, groups }: NumberDataset, label: string, port: string): void {
  const row = labels.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value <= MOST_RELEVANT));
  if (row >= 0)
    throw new UserError('a row has no relevance', {
      where: { port, row, column: label },
      expected: `a whole number from 0, not at all, to ${MOST_RELEVANT}`,
      actual: String(labels[row]),
    });
  const first = new Map<string, number>();
  const differ = labels.some((value, at) => {
    const known = first.get(groups![at]!);
    if (known === undefined) first.set(groups![at]!, value);
    return known !== undefined && known !== value;
  });
  if (differ) return;
  throw new UserError(
    `in no group of the table "${port}" are rows of different relevance: there is no order to learn`,
    {
      where: { port, column: label },
      expected: 'groups with rows of two relevances or more',
      actual: `${first.size} groups of ${labels.length} rows`,
      remedy: 'choose the column that several rows of one query share as group',
    },
  );
}

/** The rows with those of a group behind each other, groups in the order in which they first occur. */
export function groupedRows(data: NumberDataset): DatasetRows {
  const byGroup = new Map<string, number[]>();
  data.groups!.forEach((name, row) => {
    const rows = byGroup.get(name);
    if (rows) rows.push(row);
    else byGroup.set(name, [row]);
  });
  const order = [...byGroup.values()].flat();
  const { width, features, labels, weights } = data;
  const moved = new Float64Array(features.length);
  order.forEach((from, to) => moved.set(features.subarray(from * width, (from + 1) * width), to * width));
  return {
    ...rowsFor(
      { ...data, features: moved },
      Float32Array.from(order, (row) => labels[row]!),
      weights && Float32Array.from(order, (row) => weights[row]!),
    ),
    groups: Int32Array.from(byGroup.values(), (rows) => rows.length),
  };
}
