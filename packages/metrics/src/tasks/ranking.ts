import { meanOfDrawn } from '../draw.js';
import { averagePrecision, ndcg, reciprocalRank, type RankedGroup } from '../ranking.js';
import { finiteNumber } from './cells.js';
import type { Figure, Sample, TaskFigures } from './task-figures.js';

/** Units are groups of rows that are ranked among each other. */
export interface RankingSample extends Sample {
  /** By the name of a figure, its value of each group; NaN where the group has nothing relevant. */
  readonly byGroup: ReadonlyMap<string, Float64Array>;
}

const OF_A_GROUP = [
  ['ndcg@10', 'NDCG of the first 10 places', (group: RankedGroup) => ndcg(group, 10)],
  ['ndcg@5', 'NDCG of the first 5 places', (group: RankedGroup) => ndcg(group, 5)],
  ['ndcg', 'NDCG', (group: RankedGroup) => ndcg(group)],
  ['map', 'mean average precision', averagePrecision],
  ['mrr', 'mean reciprocal rank', reciprocalRank],
] as const;

const figures: readonly Figure<RankingSample>[] = OF_A_GROUP.map(([name, title]) => ({
  name,
  title: `${title}, mean over the groups`,
  better: 'larger',
  interval: 'bootstrap',
  of: ({ byGroup }, drawn) => meanOfDrawn(byGroup.get(name)!, drawn),
}));

function sampleOf(groups: Iterable<readonly number[]>, relevance: readonly number[], scores: ArrayLike<number>) {
  const all = Array.from(groups, (rows) => ({
    relevance: rows.map((row) => relevance[row]!),
    scores: rows.map((row) => scores[row]!),
  }));
  const byGroup = new Map(
    OF_A_GROUP.map(([name, , of]) => [name, Float64Array.from(all, (group) => of(group) ?? NaN)] as const),
  );
  return { units: all.length, byGroup };
}

/** The rows of each group, in the order in which groups first occur. */
function rowsByGroup(names: readonly string[]): Iterable<readonly number[]> {
  const groups = new Map<string, number[]>();
  names.forEach((name, row) => {
    const rows = groups.get(name);
    if (rows) rows.push(row);
    else groups.set(name, [row]);
  });
  return groups.values();
}

/** A score by which the rows of a group are ordered. */
export const rankingFigures: TaskFigures<
  { readonly type: 'ranking'; readonly label: string; readonly group: string },
  number,
  RankingSample
> = {
  type: 'ranking',
  figures,
  headlines: ['ndcg@10', 'map', 'mrr'],
  slices: [],
  label: ({ label }) => label,
  group: ({ group }) => group,
  truth: (cell) => {
    const relevance = finiteNumber(cell);
    return relevance !== undefined && relevance >= 0 ? relevance : undefined;
  },
  truthIs: () => 'a relevance: a number of 0 or more',
  samples: (truths, models, groups = []) => models.map(({ numbers }) => sampleOf(rowsByGroup(groups), truths, numbers)),
  // The rows of a request are ranked among each other.
  served: (rows) =>
    sampleOf(
      rowsByGroup(rows.map(({ request }) => request)),
      rows.map(({ truth }) => truth),
      rows.map(({ answer }) => Number((answer as { readonly score?: unknown } | null)?.score)),
    ),
};
