import { UserError } from '@trainyard/errors';
import { judgeExperiment, planExperiment } from '@trainyard/metrics';
import type { ArmTotals, ExperimentPlan } from '@trainyard/metrics/contract';
import { id, openTable, requireColumn, sql, withDatabase, type Database } from '@trainyard/tables';
import { implement } from '../../../worker/index.js';
import { experiment, plan } from './contract.js';
import { experimentPage } from './page.js';

export const planNode = implement(plan, ({ params }) => ({ value: planExperiment(params) }));

export const experimentNode = implement(experiment, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const asked = inputs.plan.value;
    const outcomes = [asked.metric, ...asked.guards];
    const columns = await openTable(database, 'outcomes', inputs.outcomes);
    const arm = requireColumn(columns, params.arm, 'the experiment').name;
    for (const { name } of outcomes) {
      const { type } = requireColumn(columns, name, 'the plan');
      if (type !== 'number' && type !== 'integer' && type !== 'boolean')
        throw new UserError(`the outcome "${name}" is ${type}`, {
          where: { port: 'outcomes', column: name },
          expected: 'a column of numbers, or of booleans',
        });
    }
    await refuseOtherArms(database, arm, asked);
    if (params.unit !== undefined)
      await refuseTwice(database, requireColumn(columns, params.unit, 'the experiment').name);
    const of = (name: string): Promise<ArmTotals> => totalsOf(database, arm, name, asked);
    const value = judgeExperiment(asked, { control: await of(asked.control), treatment: await of(asked.treatment) });
    return {
      value,
      files: {
        'report.html': experimentPage(asked, value),
        'report.json': `${JSON.stringify({ ...value, plan: asked, params })}\n`,
      },
    };
  }),
);

/** Rows of an arm, and of each outcome what has one. */
async function totalsOf(
  database: Database,
  arm: string,
  name: string,
  { metric, guards }: ExperimentPlan,
): Promise<ArmTotals> {
  const own = sql`${id(arm)}::VARCHAR = ${name}`;
  const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM outcomes WHERE ${own}`);
  const outcomes: ArmTotals['outcomes'] = {};
  for (const outcome of [metric, ...guards]) {
    const cell = sql`${id(outcome.name)}::DOUBLE`;
    const { n, mean, variance, strange } = await database.row<{
      n: number;
      mean: number | null;
      variance: number | null;
      strange: number;
    }>(
      sql`WITH cells AS (SELECT ${cell} AS cell FROM outcomes WHERE ${own} AND ${id(outcome.name)} IS NOT NULL)
          SELECT count(*) AS n, avg(cell) FILTER (isfinite(cell)) AS mean, var_pop(cell) FILTER (isfinite(cell)) AS variance,
            count(*) FILTER (${outcome.type === 'share' ? sql`cell NOT IN (0, 1)` : sql`NOT isfinite(cell)`}) AS strange FROM cells`,
    );
    if (strange > 0)
      throw new UserError(`${strange} rows of "${name}" have another outcome "${outcome.name}" than can be counted`, {
        where: { port: 'outcomes', column: outcome.name },
        expected: outcome.type === 'share' ? '0, 1, true, false or missing' : 'finite numbers, or missing',
        remedy: outcome.type === 'share' ? "plan it with type: 'mean', or mend the rows" : 'mend the rows',
      });
    outcomes[outcome.name] = { n, mean: mean ?? 0, spread: (variance ?? 0) * n };
  }
  return { rows, outcomes };
}

async function refuseOtherArms(database: Database, arm: string, { control, treatment }: ExperimentPlan): Promise<void> {
  const strange = await database.rows<{ name: string | null; rows: number }>(
    sql`SELECT ${id(arm)}::VARCHAR AS name, count(*) AS rows FROM outcomes
        WHERE ${id(arm)} IS NULL OR ${id(arm)}::VARCHAR NOT IN (${control}, ${treatment}) GROUP BY 1 ORDER BY rows DESC, name LIMIT 3`,
  );
  if (strange.length === 0) return;
  const told = strange.map(({ name, rows }) => `${rows} of ${name === null ? 'none' : `"${name}"`}`).join(', ');
  throw new UserError(`there are rows of arms that are not planned: ${told}`, {
    where: { port: 'outcomes', column: arm },
    expected: `"${control}" or "${treatment}" in each row`,
    remedy: 'plan with these names, or leave other rows out before',
  });
}

async function refuseTwice(database: Database, unit: string): Promise<void> {
  const { units, rows } = await database.row<{ units: number; rows: number }>(
    sql`SELECT count(DISTINCT ${id(unit)}) AS units, count(*) AS rows FROM outcomes`,
  );
  if (units === rows) return;
  throw new UserError(`${rows} rows are of ${units} different "${unit}"`, {
    where: { port: 'outcomes', column: unit },
    expected: 'one row for each, in one arm',
    remedy: 'sum outcomes up by it before: rows of one are alike, and would be counted as if they were not',
  });
}
