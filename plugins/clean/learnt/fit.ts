import { UserError } from '../../../core/index.js';
import { id, innerName, join, sql, type Column, type Database, type Sql } from '@trainyard/tables/sql';
import { isRowRule, rowRule, ruleStep, stepCells, type RowRule } from '@trainyard/transforms';
import { NTH } from '../place.js';
import type { LearningKind } from './contract.js';
import { LEARNING_RULES, type FittedCleaning, type LearningRule } from './rules.js';

const byName = new Map<string, LearningKind>(
  LEARNING_RULES.map((kind) => [(kind.schema.shape as { rule: { value: string } }).rule.value, kind]),
);

/** Learns rules one after the other, each from the rows as those before it leave them. Throws a UserError for a training part without rows. */
export async function fitRules(
  database: Database,
  table: Sql,
  given: readonly Column[],
  rules: readonly LearningRule[],
  draws: { readonly seed: number; readonly sample: number },
): Promise<FittedCleaning> {
  let columns = given;
  let from = table;
  let rows = await countRows(database, from);
  const learnt: RowRule[] = [];
  const first = rows;
  for (const rule of rules) {
    if (rows === 0)
      throw new UserError('the training part has no rows to learn from', { where: { port: 'train', field: 'rules' } });
    const found = isRowRule(rule)
      ? [rule]
      : await byName.get(rule.rule)!.fit(rule, { database, from, columns, rows, ...draws });
    for (const one of found) {
      const whole = rowRule.parse(one);
      learnt.push(whole);
      const { step, columns: after } = ruleStep(whole, columns);
      await database.define(step.functions ?? []);
      const kept = step.drop ? sql`WHERE NOT ${step.drop.failing}` : sql``;
      from = sql`(SELECT ${join([...stepCells(step, columns), NTH])} FROM ${from} ${kept})`;
      columns = after;
      if (!step.functions?.length && !step.drop) continue;
      // What is costly, and what changes how many rows there are, is computed once.
      const name = innerName(`learnt ${learnt.length}`);
      await database.run(sql`CREATE TABLE ${id(name)} AS FROM ${from}`);
      from = id(name);
      rows = await countRows(database, from);
    }
  }
  return { format: 'trainyard.cleaning/1', rows: first, rules: learnt };
}

async function countRows(database: Database, from: Sql): Promise<number> {
  return (await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM ${from}`)).rows;
}
