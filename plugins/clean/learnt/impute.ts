import { z } from 'zod';
import { finite, id, join, sql, type Column, type TableCell } from '@trainyard/tables/sql';
import type { RowRuleInput } from '@trainyard/transforms';
import { notFor } from '../not-for.js';
import { columnOf, nothingToLearn, numericOf } from './columns.js';
import { learningKind, type Lesson } from './contract.js';

/** Groups that a rule may have: each is a constant that travels with every model. */
const MOST_GROUPS = 5_000;

const schema = z
  .strictObject({
    rule: z.literal('impute'),
    columns: z.array(z.string()).min(1),
    by: z
      .enum(['mean', 'median', 'mode'])
      .describe('of the finite values; of values as frequent the smallest is the mode'),
    group: z
      .array(z.string())
      .default([])
      .describe('columns whose values make groups, each with a value of its own; the whole’s for others'),
  })
  .describe('the mean, median or mode of the training part, for what is missing; by group where that is said');
type ImputeRule = z.output<typeof schema>;

export const imputeKind = learningKind({
  schema,
  async fit(rule, lesson) {
    const rules: RowRuleInput[] = [];
    for (const name of rule.columns) rules.push(await fitColumn(rule, name, lesson));
    return rules;
  },
});

async function fitColumn(rule: ImputeRule, name: string, lesson: Lesson): Promise<RowRuleInput> {
  const column =
    rule.by === 'mode' ? columnOf('impute', lesson.columns, name) : numericOf('impute', lesson.columns, name);
  if (rule.by === 'mean' && column.type === 'integer')
    throw notFor(
      'impute',
      name,
      'it holds integer, and a mean is none; read it as number first (rule type), or take the median',
    );
  const value = (await valuesOf(rule, column, [], lesson))[0]?.value;
  if (value === undefined || value === null) throw nothingToLearn('impute', name);
  if (rule.group.length === 0) return { rule: 'fill', column: name, value };
  const by = rule.group.map((group) => columnOf('impute', lesson.columns, group));
  if (rule.group.includes(name)) throw notFor('impute', name, 'it is imputed, and also makes the groups');
  const groups = await valuesOf(rule, column, by, lesson);
  if (groups.length > MOST_GROUPS)
    throw notFor(
      'impute',
      rule.group[0]!,
      `it makes ${groups.length} groups, and at most ${MOST_GROUPS} travel with a model`,
    );
  return {
    rule: 'fill-by',
    column: name,
    by: rule.group,
    groups: groups.flatMap(({ key, value: own }) => (own === null ? [] : [{ key, value: own }])),
    otherwise: value,
  };
}

interface GroupValue {
  readonly key: TableCell[];
  readonly value: TableCell;
}

/** The value of each group, in the order of its key; of the whole where there are no groups. */
async function valuesOf(
  { by }: ImputeRule,
  column: Column,
  groups: readonly Column[],
  { database, from }: Lesson,
): Promise<GroupValue[]> {
  const cell = id(column.name);
  const numeric = column.type === 'number' || column.type === 'integer';
  // The middle of two integers may be none: of an even number it is the lower one.
  const middle =
    column.type === 'integer' ? sql`quantile_disc(${cell}, 0.5)` : sql`quantile_cont(${finite(cell)}, 0.5)`;
  const mode = sql`first(value ORDER BY times DESC, value)`;
  const keys = groups.map((_, i) => id(`k${i}`));
  const named = groups.map(({ name }, i) => sql`${id(name)} AS ${id(`k${i}`)}`);
  const parts =
    keys.length === 0 ? sql`` : sql`GROUP BY ${join(keys)} ORDER BY ${join(keys.map((key) => sql`${key} NULLS LAST`))}`;
  const there = numeric ? sql`isfinite(${cell}::DOUBLE)` : sql`${cell} IS NOT NULL`;
  const counted = sql`(SELECT ${join([...named, sql`${cell} AS value`, sql`count(*) AS times`])} FROM ${from} WHERE ${there}
    GROUP BY ${join([...keys, sql`value`])})`;
  const plain = sql`(SELECT ${join([...named, sql`${cell} AS ${cell}`])} FROM ${from})`;
  const query =
    by === 'mode'
      ? sql`SELECT ${join([...keys, sql`${mode} AS value`])} FROM ${counted} ${parts}`
      : sql`SELECT ${join([...keys, sql`${by === 'mean' ? sql`favg(${finite(cell)})` : middle} AS value`])} FROM ${plain} ${parts}`;
  const rows = await database.rows<Record<string, TableCell>>(query);
  return rows.map((row) => ({ key: groups.map((_, i) => row[`k${i}`] ?? null), value: row['value'] ?? null }));
}
