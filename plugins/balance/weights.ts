import { id, join, openTable, sql, withDatabase, writeTable } from '@trainyard/tables';
import { UserError } from '../../core/index.js';
import { implement } from '../../worker/index.js';
import { countCells, keyOf, requireCells, type Cell } from './cells.js';
import { weights, type WeightFigures } from './contract.js';
import { weightsPage } from './pages.js';

export const weightsNode = implement(weights, async ({ params, inputs, ctx }) => {
  const { label, groups, way, column, most } = params;
  const columns = [label, ...groups];
  if (way === 'independent' && groups.length === 0)
    throw new UserError("weights of way 'independent' need groups", {
      where: { field: 'groups' },
      expected: 'columns of groups that the label is to be independent of',
    });
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const table = await openTable(database, 'rows', inputs.table);
    await requireCells(database, table, { label, groups });
    const taken = table.find(({ name }) => name.toLowerCase() === column.toLowerCase());
    if (taken)
      throw new UserError(`the table has a column "${taken.name}" already`, {
        where: { field: 'column', column: taken.name },
        remedy: "name another one: column: 'row_weight'",
      });
    const cells = await countCells(database, columns);
    const rows = cells.reduce((sum, one) => sum + one.rows, 0);
    const raw = way === 'balanced' ? cells.map((one) => rows / (cells.length * one.rows)) : independent(cells, rows);
    const given = raw.map((weight) => Math.min(weight, most ?? Infinity));
    // One case for each cell: rows keep their order, and there is nothing to join.
    const cases = cells.map(({ key }, i) => sql`WHEN ${key} THEN ${given[i]!}`);
    const written = await writeTable(
      database,
      sql`SELECT *, CASE ${keyOf(columns)} ${join(cases, ' ')} END AS ${id(column)} FROM rows`,
      ctx.scratch,
    );
    const sum = cells.reduce((all, { rows: n }, i) => all + n * given[i]!, 0);
    const squares = cells.reduce((all, { rows: n }, i) => all + n * given[i]! ** 2, 0);
    const effective = sum ** 2 / squares;
    const cut = cells.reduce((all, { rows: n }, i) => all + (raw[i]! > given[i]! ? n : 0), 0);
    const figures: WeightFigures = {
      way,
      column,
      columns,
      rows,
      cells: cells.map(({ values, rows: n }, i) => ({
        values: [...values],
        rows: n,
        weight: given[i]!,
        share: n / rows,
        after: (n * given[i]!) / sum,
      })),
      effective,
      cut,
      warnings: [
        ...(effective < rows / 2
          ? [
              `weights this unlike leave as much to learn from as ${Math.round(effective)} of the ${rows} rows; most cuts the largest`,
            ]
          : []),
        ...(way === 'balanced'
          ? [
              'classes count otherwise than they will be met: probabilities of a model trained with these weights are shifted',
            ]
          : []),
      ],
    };
    return {
      table: written,
      report: {
        value: figures,
        files: { 'report.html': weightsPage(figures), 'report.json': `${JSON.stringify(figures)}\n` },
      },
    };
  });
});

/**
 * Reweighing (Kamiran and Calders, 2012): P(class) P(group) ÷ P(class, group): by weight, the class is independent of the
 * group, among groups that have rows of every class.
 */
function independent(cells: readonly Cell[], rows: number): number[] {
  const [classes, groups] = [new Map<string, number>(), new Map<string, number>()];
  const groupOf = ([, ...group]: readonly string[]): string => JSON.stringify(group);
  for (const { values, rows: n } of cells) {
    classes.set(values[0]!, (classes.get(values[0]!) ?? 0) + n);
    groups.set(groupOf(values), (groups.get(groupOf(values)) ?? 0) + n);
  }
  return cells.map(({ values, rows: n }) => (classes.get(values[0]!)! * groups.get(groupOf(values))!) / (rows * n));
}
