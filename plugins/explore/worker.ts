import { requireColumn, withDatabase } from '@trainyard/tables';
import { implement } from '../../worker/index.js';
import { profile, type ProfileFigures } from './contract.js';
import { measure, relationOf } from './measure/index.js';
import { profilePage } from './page.js';
import type { Profile } from './profile.js';
import { warningsOf } from './warnings/index.js';

/** The most classes and warnings in the report's value: it travels. */
const LISTED = 20;

export const profileNode = implement(profile, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal, threads: ctx.threads }, async (database) => {
    const relation = await relationOf(database, inputs.table, ctx.scratch);
    const { label, part, seed, title } = params;
    if (label !== undefined) requireColumn(relation.fields, label, 'label');
    if (part !== undefined) requireColumn(relation.fields, part, 'part');
    const measured = await measure(relation, { label, part, seed, progress: (done, said) => ctx.progress(done, said) });
    const whole: Profile = { ...measured, warnings: warningsOf(measured) };
    return {
      value: figuresOf(whole),
      files: { 'report.html': await profilePage(whole, title), 'report.json': JSON.stringify(whole) },
    };
  }),
);

function figuresOf({ rows, columns, duplicates, classes, warnings }: Profile): ProfileFigures {
  const sum = (of: (column: Profile['columns'][number]) => number): number =>
    columns.reduce((total, column) => total + of(column), 0);
  const cells = rows * columns.length;
  return {
    rows,
    columns: columns.length,
    missing: cells === 0 ? 0 : sum(({ missing }) => missing) / cells,
    nan: sum((column) => (column.kind === 'numeric' ? column.nan : 0)),
    infinite: sum((column) => (column.kind === 'numeric' ? column.infinite : 0)),
    duplicates,
    classes: classes.slice(0, LISTED),
    warnings: warnings.slice(0, LISTED),
  };
}
