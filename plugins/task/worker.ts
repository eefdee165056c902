import { id, openTable, requireColumn, sql, withDatabase } from '@trainyard/tables';
import { implement } from '../../worker/index.js';
import { card, feasibility } from './contract.js';
import { judge } from './judge.js';
import { feasibilityPage } from './page.js';

export const cardNode = implement(card, ({ params }) => ({ value: params }));

export const feasibilityNode = implement(feasibility, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const task = inputs.card.value;
    const columns = await openTable(database, 'data', inputs.table);
    const target = requireColumn(columns, task.target, 'the task card');
    const counts = await database.row<{ rows: number; unlabelled: number }>(
      sql`SELECT count(*) AS rows, count(*) - count(${id(target.name)}) AS unlabelled FROM data`,
    );
    const classes =
      task.kind === 'binary' || task.kind === 'multi-class'
        ? await database.rows<{ name: string; rows: number }>(
            sql`SELECT ${id(target.name)}::VARCHAR AS name, count(*) AS rows FROM data
                WHERE ${id(target.name)} IS NOT NULL GROUP BY 1 ORDER BY rows DESC, name`,
          )
        : [];
    const figures = judge(task, { target, ...counts, classes }, params);
    return {
      value: figures,
      files: {
        'report.html': feasibilityPage(task, figures),
        'report.json': JSON.stringify({ card: task, ...figures }),
      },
    };
  }),
);
