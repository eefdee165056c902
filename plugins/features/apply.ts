import { availableParallelism } from 'node:os';
import { UserError } from '@trainyard/errors';
import { foldName, id, requireColumn, ROW_ID, sql, withDatabase, writeTable, type Column } from '@trainyard/tables';
import { coverageQuery, featureColumn, parseTransform, readCoverage } from '@trainyard/transforms';
import { featuresOf, openThroughRules } from '@trainyard/transforms/tables';
import { join } from '@trainyard/tables/sql';
import { implement } from '../../worker/index.js';
import { appliedPage } from './applied-page.js';
import { applyFeatures, type AppliedFigures } from './contract.js';
import { featureColumns } from './feature-columns.js';

/** The share of unknown or missing values from which on a column is warned of. */
const MANY = 0.5;

export const applyFeaturesNode = implement(applyFeatures, async ({ params, inputs, ctx }) => {
  const transform = parseTransform(await inputs.prep.text('transform.json'));
  // Each row is computed by itself, and the bytes of a table do not depend on threads.
  const options = { scratch: ctx.scratch, signal: ctx.signal, threads: availableParallelism() };
  return withDatabase(options, async (database) => {
    const columns = await openThroughRules(database, 'rows', inputs.table, transform, 'table');
    const kept = keptColumns(columns, params.keep);
    const { features, query } = await featuresOf(database, 'rows', columns, transform, 'table', {
      also: kept.map(({ name }) => id(name)),
      training: params.training && columns.some(({ name }) => name === ROW_ID),
    });
    const names = featureColumns(features, params.prefix);
    refuseTaken(kept, names);

    const counted = await database.row<Record<string, number>>(coverageQuery(transform, id('rows'), columns));
    const { rows, inputs: coverage } = readCoverage(transform, counted);
    const cells = [
      ...kept.map(({ name }) => id(name)),
      ...names.map((name, i) => sql`${featureColumn(i)} AS ${id(name)}`),
    ];
    // The rules that the table carries are about columns that it has no more.
    const table = await writeTable(database, sql`SELECT ${join(cells)} FROM (${query})`, ctx.scratch, 'table', {
      rules: [],
    });
    const figures: AppliedFigures = {
      rows,
      features: features.length,
      inputs: coverage,
      renamed: features.flatMap((feature, i) =>
        names[i] === `${params.prefix}${feature}` ? [] : [{ feature, column: names[i]! }],
      ),
      warnings: coverage.flatMap(({ column, missing, unknown = 0 }) => [
        ...(rows > 0 && missing > MANY * rows ? [`${column} is missing in ${missing} of ${rows} rows`] : []),
        ...(unknown > MANY * (rows - missing) && unknown > 0
          ? [`${unknown} of the ${rows - missing} values of ${column} are none that the transform knows`]
          : []),
      ]),
    };
    return {
      table,
      report: {
        value: figures,
        files: { 'report.html': appliedPage(figures), 'report.json': `${JSON.stringify(figures)}\n` },
      },
    };
  });
});

/** The row identity, where there is one, then the columns asked for, each once. */
function keptColumns(columns: readonly Column[], keep: readonly string[]): Column[] {
  const identity = columns.filter(({ name }) => name === ROW_ID);
  const asked = [...new Set(keep)].filter((name) => name !== ROW_ID);
  return [...identity, ...asked.map((name) => requireColumn(columns, name, 'keep'))];
}

/** Throws a UserError for a feature whose column would have the name of a kept one. */
function refuseTaken(kept: readonly Column[], names: readonly string[]): void {
  const taken = new Map(kept.map(({ name }) => [foldName(name), name]));
  const twin = names.find((name) => taken.has(foldName(name)));
  if (twin === undefined) return;
  throw new UserError(`a feature and a kept column are both called "${twin}"`, {
    where: { field: 'keep', column: taken.get(foldName(twin)) },
    expected: 'names that differ by more than case',
    remedy: "say a prefix for the names of features: prefix: 'feature '",
  });
}
