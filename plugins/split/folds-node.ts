import { UserError } from '../../core/index.js';
import {
  type Database,
  id,
  inner,
  join,
  openTable,
  requireColumn,
  ROW_ID,
  sql,
  type Sql,
  withDatabase,
  writeTable,
} from '@trainyard/tables';
import { implement, type InputArtifact } from '../../worker/index.js';
import { bindRows } from './bind-rows.js';
import { clockOf, cutsAt, requireTimes, type Clock } from './by-time.js';
import { requireClasses, requireIdentity } from './check.js';
import { assignFolds, takeFold, takeOuterFold } from './contract.js';
import { dealRows, makePlaces } from './deal.js';
import { foldPage } from './fold-page.js';
import { NTH, PART, PLACES, UNIT } from './inner.js';
import { foldFiguresOf } from './leaks/index.js';
import { unitOf } from './place.js';
import { reportFiles } from './report-files.js';
import { bindings, BOUND_UNIT } from './together.js';

/**
 * Columns of a table of folds: the fold that a row validates (missing: none), and, for folds by time, the first fold that it trains
 * for, and all after it.
 */
const [FOLD, FROM] = [id('fold'), id('from')];

export const assignFoldsNode = implement(assignFolds, async ({ params, inputs, ctx }) => {
  const { k, label, group, near, time, seed, level } = params;
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const columns = await openTable(database, 'rows', inputs.table);
    requireIdentity(columns);
    if (group !== undefined) requireColumn(columns, group, 'group');
    if (label !== undefined) await requireClasses(database, columns, label);
    const clock = time === undefined ? undefined : clockOf(database, columns, time, params.gap);
    if (clock) await requireTimes(database, clock, params.missing);
    if (clock === undefined && params.gap !== undefined)
      throw new UserError('a gap needs a column of time', { where: { field: 'gap' }, remedy: 'name it: time' });
    const equal = clock ? 'apart' : params.equal;
    const together = await bindRows(database, columns, { group, near, equal });
    const shares = Array.from({ length: k }, (_, fold) => ({ name: String(fold), share: 1 / k }));
    let folds: Sql;
    if (clock) {
      await database.run(
        sql`CREATE TABLE ${FOLDS} AS ${foldsByTime(clock, await cutsOf(database, clock, k), { group, bound: together.sets > 0 })} ORDER BY ${NTH}`,
      );
      await makePlaces(
        database,
        sql`SELECT ${NTH}, CASE WHEN ${FOLD} IS NOT NULL THEN ${FOLD}::VARCHAR WHEN ${FROM} IS NULL THEN 'none' ELSE 'before' END AS ${PART} FROM ${FOLDS}`,
        true,
      );
      folds = sql`SELECT ${id(ROW_ID)}, ${FOLD}, ${FROM} FROM rows POSITIONAL JOIN ${FOLDS}`;
    } else {
      const exact = params.exact ?? (label !== undefined && group === undefined);
      const deal = { domain: `${level} folds`, seed, parts: shares, group, ...(exact ? { exact: { label } } : {}) };
      await dealRows(database, deal, together.sets > 0);
      folds = sql`SELECT ${id(ROW_ID)}, ${PART}::BIGINT AS ${FOLD} FROM rows POSITIONAL JOIN ${PLACES}`;
    }
    const asked = { label, group, near, time, parts: clock ? [] : shares, advice: '' };
    const figures = await foldFiguresOf(database, columns, k, asked, together);
    const empty = figures.rows.indexOf(0);
    if (empty >= 0)
      throw new UserError(`fold ${empty} has no rows`, {
        where: { port: 'table' },
        expected: 'rows in each fold',
        actual: figures.rows.join(', '),
        remedy: 'ask for fewer folds, exact: true, or another seed where the table is a fold of another call',
      });
    return {
      folds: await writeTable(database, folds, ctx.scratch, 'folds'),
      leaks: { value: figures, files: reportFiles(foldPage(figures, time), figures) },
    };
  });
});

const FOLDS = id('folds of rows');

/** Where each fold begins: as TimeSeriesSplit of scikit-learn has it, the first stretch takes what is left over. */
async function cutsOf(database: Database, clock: Clock, k: number): Promise<number[]> {
  const { rows } = await database.row<{ rows: number }>(sql`SELECT count(${clock.at}) AS rows FROM rows`);
  const size = Math.floor(rows / (k + 1));
  const cuts = await cutsAt(
    database,
    clock,
    Array.from({ length: k }, (_, fold) => (rows - (k - fold) * size) / rows),
  );
  const same = cuts.findIndex((cut, fold) => fold > 0 && cut <= cuts[fold - 1]!);
  if (size > 0 && same < 0) return cuts;
  throw new UserError(`the rows have too few different times for ${k} folds`, {
    where: { field: 'k', column: clock.column.name },
    actual: `${rows} rows with a time`,
    remedy: 'ask for fewer folds: rows of one time stay together',
  });
}

/** SQL for the number of each row, its fold, and the first fold that it trains for: one that begins a gap or more after it. */
function foldsByTime(
  clock: Clock,
  cuts: readonly number[],
  { group, bound }: { group: string | undefined; bound: boolean },
): Sql {
  const at = inner('time');
  const past = (gap: number): Sql =>
    join(
      cuts.map((cut) => sql`(${at} >= ${cut - gap})::BIGINT`),
      ' + ',
    );
  const rows = sql`SELECT row_number() OVER () AS ${NTH}, ${unitOf(group)} AS ${UNIT}, ${clock.at}::DOUBLE AS ${at} FROM rows`;
  const placed = sql`SELECT ${NTH}, ${UNIT}, nullif(${past(0)} - 1, -1) AS ${FOLD}, ${past(clock.gap)} AS ${FROM} FROM (${rows})`;
  if (group === undefined && !bound) return sql`SELECT ${NTH}, ${FOLD}, ${FROM} FROM (${placed})`;
  const units = bound
    ? sql`SELECT ${NTH}, ${FOLD}, ${FROM}, ${BOUND_UNIT} AS ${UNIT} FROM (${placed}) LEFT JOIN ${bindings} USING (${UNIT})`
    : placed;
  // What trains for a fold is not validated in it.
  return sql`SELECT ${NTH}, CASE WHEN min(${FROM}) OVER (PARTITION BY ${UNIT}) > ${FOLD} THEN ${FOLD} END AS ${FOLD}, ${FROM} FROM (${units})`;
}

/** Opens a table with its folds, and gives SQL for the rows that validate a fold and those that train for it. */
async function openFold(
  database: Database,
  inputs: { readonly table: InputArtifact; readonly folds: InputArtifact },
  fold: number,
): Promise<{ train: Sql; held: Sql }> {
  await openTable(database, 'rows', inputs.table);
  const columns = await openTable(database, 'folds', inputs.folds);
  const [OTHER, N, F] = [inner('identity in the folds'), inner('fold'), inner('from')];
  const byTime = columns.some(({ name }) => name === 'from');
  const renamed = sql`SELECT ${id(ROW_ID)} AS ${OTHER}, ${FOLD} AS ${N}, ${byTime ? FROM : sql`NULL`} AS ${F} FROM folds`;
  const both = sql`(SELECT * FROM rows POSITIONAL JOIN (${renamed}))`;
  const { apart } = await database.row<{ apart: number }>(
    sql`SELECT count(*) AS apart FROM ${both} WHERE ${id(ROW_ID)} IS DISTINCT FROM ${OTHER}`,
  );
  if (apart > 0)
    throw new UserError('the folds are those of another table', {
      where: { port: 'folds' },
      expected: 'the rows of the table, in their order',
      actual: `${apart} rows are others`,
      remedy: 'deal the table that is given: split.assign',
    });
  const of = (which: Sql): Sql => sql`SELECT * EXCLUDE (${OTHER}, ${N}, ${F}) FROM ${both} WHERE ${which}`;
  return {
    held: of(sql`${N} = ${BigInt(fold)}`),
    train: of(byTime ? sql`${F} <= ${BigInt(fold)}` : sql`${N} <> ${BigInt(fold)}`),
  };
}

export const takeFoldNode = implement(takeFold, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const { train, held } = await openFold(database, inputs, params.fold);
    return {
      train: await writeTable(database, train, ctx.scratch, 'train'),
      validation: await writeTable(database, held, ctx.scratch, 'validation'),
    };
  }),
);

export const takeOuterFoldNode = implement(takeOuterFold, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const { train, held } = await openFold(database, inputs, params.fold);
    return {
      train: await writeTable(database, train, ctx.scratch, 'train'),
      test: await writeTable(database, held, ctx.scratch, 'test'),
    };
  }),
);
