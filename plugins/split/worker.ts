import { UserError } from '../../core/index.js';
import {
  id,
  openTable,
  requireColumn,
  requireRepeating,
  ROW_ID,
  sql,
  withDatabase,
  writeTable,
  type Column,
  type Database,
  type Sql,
} from '@trainyard/tables';
import { implement, type NodeCall } from '../../worker/index.js';
import { randomSplit, stratifiedSplit, type SplitFigures } from './contract.js';
import { dealt, NTH, PART, PARTS, type Deal, type Part } from './assign-folds.js';
import { figuresOf } from './leaks.js';
import { splitPage } from './page.js';

type Call = Pick<
  NodeCall<(typeof randomSplit)['spec']['params'], (typeof randomSplit)['spec']['inputs']>,
  'inputs' | 'ctx'
>;

export const randomSplitNode = implement(randomSplit, ({ params, ...call }) => split(call, params));

export const stratifiedSplitNode = implement(stratifiedSplit, ({ params, ...call }) => {
  const { label, exact = params.group === undefined, ...deal } = params;
  if (exact && deal.group !== undefined) {
    throw new UserError('a split cannot be exact by class and by group at once', {
      where: { field: 'exact' },
      remedy: 'leave out exact, or group',
    });
  }
  return split(call, { ...deal, ...(exact ? { exactBy: label } : {}) }, label);
});

async function split({ inputs, ctx }: Call, deal: Deal, label?: string) {
  if (deal.test + deal.validation >= 1) {
    throw new UserError('the shares of test and validation leave nothing to train on', {
      where: { field: 'validation' },
      expected: 'test + validation below 1',
      actual: `${deal.test} + ${deal.validation}`,
    });
  }
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const columns = await openTable(database, 'rows', inputs.table);
    await check(database, columns, deal, label);
    await database.run(sql`CREATE TABLE dealt AS ${dealt(sql`rows`, deal)}`);
    const figures = await figuresOf(database, sql`dealt`, columns, label, deal);
    refuseEmpty(figures, deal);
    const part = (name: Part): Sql =>
      sql`SELECT * EXCLUDE (${PART}, ${NTH}) FROM dealt WHERE ${PART} = ${name} ORDER BY ${NTH}`;
    const [train, validation, test] = [
      await writeTable(database, part('train'), ctx.scratch, 'train'),
      await writeTable(database, part('validation'), ctx.scratch, 'validation'),
      await writeTable(database, part('test'), ctx.scratch, 'test'),
    ];
    const files = { 'report.html': splitPage(figures), 'report.json': JSON.stringify(figures) };
    return { train, validation, test, leaks: { value: figures, files } };
  });
}

async function check(database: Database, columns: readonly Column[], deal: Deal, label?: string): Promise<void> {
  if (!columns.some((column) => column.name === ROW_ID)) {
    throw new UserError(`the table has no column "${ROW_ID}", so its rows cannot be told apart`, {
      where: { port: 'table', column: ROW_ID },
      remedy: 'keep that column in every node between ingest and split',
    });
  }
  if (deal.group !== undefined) requireColumn(columns, deal.group, 'group');
  if (label === undefined) return;
  requireColumn(columns, label, 'label');
  const { rows, classes, missing } = await database.row<{ rows: number; classes: number; missing: number }>(
    sql`SELECT count(*) AS rows, count(DISTINCT ${id(label)}) AS classes, count(*) - count(${id(label)}) AS missing
        FROM rows`,
  );
  requireRepeating(
    { classes, rows },
    {
      where: { port: 'table', column: label },
      remedy:
        'choose a column of classes, or bin it before; no learner of this package predicts numbers yet, and split.random deals rows of any kind',
    },
  );
  if (missing > 0) {
    throw new UserError(`${missing} ${missing === 1 ? 'row has' : 'rows have'} no label`, {
      where: { port: 'table', column: label },
      expected: 'a label in every row',
      actual: `${missing} missing`,
      remedy: `drop them before, by the rule { rule: 'require', columns: ['${label}'] } of clean.table`,
    });
  }
}

/** Expected rows from which on an empty part is no chance of a small table, but a mistake. */
const EXPECTED = 3;

/** A part without rows, or without rows of a class, makes figures that say nothing. */
function refuseEmpty({ rows, classes }: SplitFigures, deal: Deal): void {
  const total = rows.train + rows.validation + rows.test;
  const shares = { test: deal.test, validation: deal.validation, train: 1 - deal.test - deal.validation };
  for (const part of PARTS) {
    if (shares[part] === 0) continue;
    if (rows[part] === 0 && (part === 'train' || shares[part] * total >= EXPECTED)) {
      throw new UserError(`the ${part} part has no rows`, {
        where: { port: 'table' },
        expected: 'at least one row in each part',
        actual: `${rows.train} for training, ${rows.validation} for validation, ${rows.test} for test`,
        remedy: 'give it a larger share, or more rows',
      });
    }
    const without = classes.find((one) => one[part] === 0);
    if (without) {
      throw new UserError(`the ${part} part has no row of class ${without.name}`, {
        where: { port: 'table' },
        expected: 'rows of each class in each part',
        actual: `${without.train} for training, ${without.validation} for validation, ${without.test} for test`,
        remedy: `${deal.exactBy === undefined && deal.group === undefined ? 'leave out exact: false, ' : ''}give the part a larger share, or merge rare classes before`,
      });
    }
  }
}
