import { copyIdentity, id, inner, openTable, ROW_ID, sql, withDatabase, writeTable, type Sql } from '@trainyard/tables';
import { UserError } from '../../core/index.js';
import { sayNearest } from '@trainyard/errors';
import { implement } from '../../worker/index.js';
import { countCells, keyOf, requireCells, type Cell } from './cells.js';
import { resample, type ResampleFigures } from './contract.js';
import { resamplePage } from './pages.js';

const [NTH, CELL, PLACE] = [inner('row number'), inner('cell'), inner('place by hash')];
const [RANK, TIMES, COPY] = [inner('rank in the cell'), inner('times'), inner('copy')];
const COPIES = id('copies of rows');

export const resampleNode = implement(resample, async ({ params, inputs, ctx }) => {
  const { label, groups, way } = params;
  const columns = [label, ...groups];
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    await requireCells(database, await openTable(database, 'rows', inputs.table), { label, groups });
    const before = await countCells(database, columns);
    const targets = targetsOf(before, params);
    await database.insert(
      'targets',
      [
        { name: 'cell', type: 'text' },
        { name: 'size', type: 'integer' },
        { name: 'target', type: 'integer' },
      ],
      before.map(({ key, rows }, i) => ({ cell: key, size: rows, target: targets[i]! })),
    );
    // Who is chosen follows from the seed and the identity of the row alone.
    const place = sql`sha256(${`resample ${ctx.seed} `} || ${id(ROW_ID)})`;
    const ranked = sql`SELECT row_number() OVER () AS ${NTH}, ${keyOf(columns)} AS ${CELL}, ${place} AS ${PLACE} FROM rows`;
    // Each row of a cell stands there as often as any other, give or take one.
    await database.run(
      sql`CREATE TABLE ${COPIES} AS
          SELECT ${NTH}, target // size + (${RANK} <= target % size)::BIGINT AS ${TIMES}
          FROM (SELECT ${NTH}, ${CELL}, row_number() OVER (PARTITION BY ${CELL} ORDER BY ${PLACE}) AS ${RANK} FROM (${ranked}))
          JOIN targets ON cell = ${CELL} ORDER BY ${NTH}`,
    );
    const times = sql`(SELECT * FROM rows POSITIONAL JOIN ${COPIES})`;
    const identity = sql`CASE WHEN ${COPY} = 0 THEN ${id(ROW_ID)} ELSE ${copyIdentity(COPY)} END AS ${id(ROW_ID)}`;
    const rows: Sql = sql`SELECT * EXCLUDE (${NTH}, ${TIMES}, ${COPY}) REPLACE (${identity})
                          FROM (SELECT *, unnest(range(${TIMES})) AS ${COPY} FROM ${times})`;
    const table = await writeTable(database, rows, ctx.scratch);
    const total = before.reduce((sum, one) => sum + one.rows, 0);
    const { most, leftOut } = await database.row<{ most: number; leftOut: number }>(
      sql`SELECT max(${TIMES}) AS most, count(*) FILTER (WHERE ${TIMES} = 0) AS "leftOut" FROM ${COPIES}`,
    );
    const figures: ResampleFigures = {
      way,
      columns,
      rows: { before: total, after: table.value.rows },
      cells: before.map(({ values, rows: n }, i) => ({ values: [...values], before: n, after: targets[i]! })),
      leftOut,
      copies: table.value.rows - (total - leftOut),
      most,
      warnings: warningsOf(before, targets, most, leftOut, total),
    };
    return {
      table,
      report: {
        value: figures,
        files: { 'report.html': resamplePage(figures), 'report.json': `${JSON.stringify(figures)}\n` },
      },
    };
  });
});

/** Rows of each cell afterwards. */
function targetsOf(
  cells: readonly Cell[],
  {
    label,
    way,
    ratio,
    rows,
  }: { label: string; way: 'over' | 'under'; ratio: number; rows?: Readonly<Record<string, number>> | undefined },
): number[] {
  if (rows === undefined) {
    const sizes = cells.map((cell) => cell.rows);
    return way === 'over'
      ? sizes.map((n) => Math.max(n, Math.floor(ratio * Math.max(...sizes))))
      : sizes.map((n) => Math.min(n, Math.floor(Math.min(...sizes) / ratio)));
  }
  const byClass = new Map<string, number>();
  for (const {
    values: [name],
    rows: n,
  } of cells)
    byClass.set(name!, (byClass.get(name!) ?? 0) + n);
  for (const [name, wanted] of Object.entries(rows)) {
    const there = byClass.get(name);
    if (there === undefined)
      throw new UserError(`rows names class "${name}", which column "${label}" does not have`, {
        where: { field: 'rows', column: label },
        expected: `one of ${[...byClass.keys()].slice(0, 20).join(', ')}`,
        remedy: sayNearest(name, [...byClass.keys()]),
      });
    if (way === 'over' ? wanted < there : wanted > there)
      throw new UserError(`class ${name} has ${there} rows: way '${way}' cannot make ${wanted} of them`, {
        where: { field: 'rows', column: label },
        remedy: `say way: '${way === 'over' ? 'under' : 'over'}', or another number`,
      });
  }
  if (cells.some(({ values }) => values.length > 1))
    throw new UserError('rows of classes and groups cannot be said at once', {
      where: { field: 'rows' },
      remedy: 'leave out groups, or say ratio',
    });
  return cells.map(({ values: [name], rows: n }) => rows[name!] ?? n);
}

/** Copies from which on a learner may learn rows by heart. */
const MANY = 10;

function warningsOf(
  cells: readonly Cell[],
  targets: readonly number[],
  most: number,
  leftOut: number,
  total: number,
): string[] {
  const warnings: string[] = [];
  cells.forEach(({ values, rows: n }, i) => {
    if (targets[i]! / n >= MANY)
      warnings.push(
        `each row of ${values.join(', ')} stands ${Math.floor(targets[i]! / n)} times or more: a model may learn these ${n} rows by heart; balance.weights does the same without copies`,
      );
  });
  if (leftOut > total / 2)
    warnings.push(`${leftOut} of ${total} rows are left out: balance.weights keeps what they say`);
  if (most > 1 || leftOut > 0)
    warnings.push(
      'classes are no more as frequent as they will be met: probabilities of a model trained on this are shifted',
    );
  return warnings;
}
