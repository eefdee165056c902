import { finite, id, sql, type Column } from '@trainyard/tables/sql';
import { z } from 'zod';
import { groupedSums, totalOf } from '../grouped-sums.js';
import { addSums, NO_SUMS, type Sums, type Target } from '../label.js';
import { limitsOf } from '../numbers.js';
import { allMissing, requireNumbers, tooMany } from '../refusals.js';
import { scaled, scaleOf, unscaled, type Scale } from '@trainyard/tables/sql';
import { featureKind } from './contract.js';

/** What a group is asked for, from its sums; `undefined` where it has no values. */
const STATISTICS = {
  mean: ({ n, s }: Sums, scale: Scale) => (n === 0 ? undefined : unscaled(s / n, scale)),
  deviation: ({ n, s, q }: Sums, { reach, unit }: Scale) =>
    n === 0 ? undefined : Math.sqrt(Math.max(0, q / n - (s / n) ** 2)) * reach * unit,
} as const;

type Statistic = keyof typeof STATISTICS;
const names = Object.keys(STATISTICS) as [Statistic, ...Statistic[]];

const schema = z.strictObject({
  column: z.string().describe('the column of categories whose values are the groups'),
  of: z.string().describe('the column of numbers'),
  statistics: z.array(z.enum(names)).min(1).default(['mean']).describe('over the training rows of the group'),
  minCount: z.int().min(1).default(1).describe('groups of fewer rows count as unknown'),
  maxGroups: z.int().min(1).default(10_000).describe('more groups than this are refused'),
});

/** Statistics of a row's group, as the training part has them; a missing or unknown group has those of all rows. */
export const groups = featureKind({
  list: 'groups',
  schema,
  sole: false,
  others: ({ of }) => [of],
  check: ({ of }, _, columnOf) => requireNumbers(columnOf(of), 'groups'),
  async fit({ column, of, statistics, minCount, maxGroups }, _: Column, lesson) {
    const x = finite(id(of));
    const [{ present, min, max }, counts] = await Promise.all([limitsOf(lesson, x), lesson.countsOf(column)]);
    if (present === 0) throw allMissing(of);
    if (counts.counts.size === 0) throw allMissing(column);
    const scale = scaleOf(min, max);
    const z = scaled(x, scale);
    const asTarget: Target = { name: of, z, square: sql`(${z} * ${z})`, valueOf: (place) => unscaled(place, scale) };
    const found = await groupedSums(lesson, [id(column)], [asTarget]);
    const sums = new Map<string, Sums>();
    for (const {
      by: [value],
      sums: [one = NO_SUMS],
    } of found)
      if (value !== null && !Number.isNaN(value))
        sums.set(String(value), addSums(sums.get(String(value)) ?? NO_SUMS, one));
    const keys = [...counts.counts]
      .filter(([, count]) => count >= minCount)
      .map(([value]) => value)
      .sort();
    if (keys.length > maxGroups)
      throw tooMany(column, keys.length, maxGroups, `${keys.length} values`, 'minCount or maxGroups');
    const [all = NO_SUMS] = totalOf(found, [asTarget]);
    const numbers = (one: Sums): number[] =>
      statistics.map((name) => (STATISTICS[name](one, scale) ?? STATISTICS[name](all, scale) ?? 0) + 0);
    const whole = numbers(all);
    return {
      steps: [
        {
          kind: 'lookup',
          column,
          names: statistics.map((name) => `${name} of ${of} by ${column}`),
          keys,
          all: { values: keys.map((key) => numbers(sums.get(key) ?? NO_SUMS)), missing: whole, unknown: whole },
        },
      ],
      how: `${statistics.join(', ')} of ${of}`,
      learnt: `${keys.length} groups`,
      missing: counts.missing,
      ifMissing: 'as all rows',
      ifUnknown: 'as all rows',
    };
  },
});
