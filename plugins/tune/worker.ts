import { implement } from '../../worker/index.js';
import { UserError } from '@trainyard/errors';
import type { NestedEstimate, TuneFigures } from '../../core/study/index.js';
import { id, openTable, ROW_ID, sql, withDatabase, type Column } from '@trainyard/tables';
import { tuneApart, tuneReport } from './contract.js';
import { studyPage } from './page.js';

export const tuneReportNode = implement(tuneReport, ({ inputs }) => {
  const study = inputs.study.value;
  const best = study.trials.find(({ number }) => number === study.best);
  if (!best?.values) throw new UserError('the study has no trial that succeeded', { where: { node: 'tune.report' } });
  const values = Object.fromEntries(study.objectives.map(({ name }, i) => [name, best.values?.[i] ?? 0]));
  const figures = {
    best: best.values[0] ?? 0,
    values,
    trial: best.number,
    trials: study.trials.length,
    failed: study.counts.failed,
    pruned: study.counts.pruned,
    params: best.params,
    optimism: study.optimism,
    nested: nestedOf(study.nested),
  };
  return {
    value: figures,
    files: { 'report.html': studyPage(study), 'report.json': JSON.stringify(study) },
  };
});

export const tuneApartNode = implement(tuneApart, ({ inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    await database.run(sql`CREATE TABLE seen (identity VARCHAR)`);
    let known = true;
    for (const one of inputs.seen) {
      if (hasIdentity(await openTable(database, 'one', one)))
        await database.run(sql`INSERT INTO seen SELECT ${id(ROW_ID)}::VARCHAR FROM one`);
      else known = false;
    }
    const held: { rows: number; seen: number | null }[] = [];
    for (const one of inputs.held) {
      const identified = hasIdentity(await openTable(database, 'one', one)) && known;
      const within = sql`count(*) FILTER (WHERE ${id(ROW_ID)}::VARCHAR IN (SELECT identity FROM seen))`;
      held.push(
        await database.row<{ rows: number; seen: number | null }>(
          sql`SELECT count(*) AS rows, ${identified ? within : sql`NULL`} AS seen FROM one`,
        ),
      );
    }
    return { value: { held } };
  }),
);

const hasIdentity = (columns: readonly Column[]): boolean => columns.some(({ name }) => name === ROW_ID);

function nestedOf(nested: NestedEstimate | null): TuneFigures['nested'] {
  if (!nested || nested.value === null || nested.spread === null) return null;
  return { value: nested.value, spread: nested.spread, folds: nested.of };
}
