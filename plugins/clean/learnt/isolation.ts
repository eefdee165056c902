import { z } from 'zod';
import { isolationScore } from '@trainyard/transforms';
import { randomFrom } from '@trainyard/numeric';
import { nothingToLearn, numericOf } from './columns.js';
import { learningKind } from './contract.js';
import { drawnRows } from './drawn.js';

export const isolationKind = learningKind({
  schema: z
    .strictObject({
      rule: z.literal('outlier-rows'),
      columns: z.array(z.string()).min(1),
      trees: z.int().min(1).max(500).default(50),
      rows: z.int().min(2).max(4_096).default(128).describe('rows that each tree is grown on, drawn by the seed'),
      share: z
        .number()
        .gt(0)
        .lt(0.5)
        .optional()
        .describe('share of the training part that is taken for outliers; without it those with a score above 0.5'),
      outside: z
        .enum(['flag', 'drop'])
        .default('flag')
        .describe('a new column, or the row into quarantine, where a person may look at it'),
      as: z.string().min(1).default('is an outlier').describe('the name of the new column'),
    })
    .describe('rows that few random cuts part from the others (isolation forest), over several columns at once'),
  async fit(rule, lesson) {
    for (const name of rule.columns) numericOf('outlier-rows', lesson.columns, name);
    const known = await drawnRows(lesson, rule.columns, lesson.sample);
    const fills = rule.columns.map((name, i) => {
      const values = known.flatMap((row) => row[i] ?? []).sort((a, b) => a - b);
      const middle = values[Math.floor((values.length - 1) / 2)];
      if (middle === undefined) throw nothingToLearn('outlier-rows', name);
      return middle + 0;
    });
    const whole = known.map((row) => row.map((cell, i) => cell ?? fills[i]!));
    const rows = Math.min(rule.rows, whole.length);
    const draws = randomFrom(lesson.seed);
    const random = (): number => draws.uniform();
    const trees = Array.from({ length: rule.trees }, () => grow(drawWithout(whole, rows, random), random));
    const model = { fills, trees, rows: Math.max(2, rows) };
    const scores = whole.map((row) => isolationScore(model, row)).sort((a, b) => a - b);
    const threshold =
      rule.share === undefined ? 0.5 : (scores[Math.max(0, Math.ceil((1 - rule.share) * scores.length) - 1)] ?? 0.5);
    return [
      {
        rule: 'isolation',
        columns: rule.columns,
        ...(rule.outside === 'flag' ? { as: rule.as } : {}),
        ...model,
        threshold,
      },
    ];
  },
});

type Random = () => number;

/** So many of the rows, each once. */
function drawWithout<T>(rows: readonly T[], count: number, random: Random): T[] {
  const pool = [...rows];
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (pool.length - i));
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count);
}

/** A tree of random cuts as a list of numbers (see `isolationScore`): it ends at single rows, equal rows, and at the height that a tree of so many rows has on average. */
function grow(rows: readonly (readonly number[])[], random: Random): number[] {
  const tree: number[] = [];
  const height = Math.ceil(Math.log2(Math.max(2, rows.length)));
  const node = (inside: readonly (readonly number[])[], depth: number): void => {
    const ranges = (inside[0] ?? []).map((_, i) => {
      let [low, high] = [Infinity, -Infinity];
      for (const row of inside) {
        low = Math.min(low, row[i]!);
        high = Math.max(high, row[i]!);
      }
      return [low, high] as const;
    });
    const varied = ranges.flatMap(([low, high], i) => (high > low ? [i] : []));
    if (inside.length <= 1 || depth >= height || varied.length === 0) {
      tree.push(-1, inside.length);
      return;
    }
    const column = varied[Math.floor(random() * varied.length)]!;
    const [low, high] = ranges[column]!;
    // Halves first: the distance of two huge numbers of other signs is infinite.
    const cut = Math.min(
      low + 2 * random() * (high / 2 - low / 2),
      Math.max(low, high - Math.abs(high) * Number.EPSILON),
    );
    const at = tree.length;
    tree.push(column, cut, 0);
    node(
      inside.filter((row) => row[column]! <= cut),
      depth + 1,
    );
    tree[at + 2] = tree.length;
    node(
      inside.filter((row) => row[column]! > cut),
      depth + 1,
    );
  };
  node(rows, 0);
  return tree;
}
