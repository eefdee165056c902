import { availableParallelism } from 'node:os';
import { requireColumn, withDatabase } from '@trainyard/tables';
import { implement } from '../../worker/index.js';
import { comparisonPage } from './compare/page.js';
import type { Comparison } from './compare/comparison.js';
import { compareTables } from './compare/measure/index.js';
import { warningsOf as warningsOfBoth } from './compare/warnings/index.js';
import { compare, profile, type CompareFigures, type ProfileFigures } from './contract.js';
import { measure, relationOf } from './measure/index.js';
import { profilePage } from './page.js';
import type { Profile } from './profile.js';
import { warningsOf } from './warnings/index.js';

/** The most classes and warnings in the report's value: it travels. */
const LISTED = 20;

export const profileNode = implement(profile, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal, threads: availableParallelism() }, async (database) => {
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

export const compareNode = implement(compare, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal, threads: ctx.threads }, async (database) => {
    const { title, label, except, ...options } = params;
    const reference = await relationOf(database, inputs.reference, ctx.scratch, 'reference');
    const table = await relationOf(database, inputs.table, ctx.scratch, 'table');
    const fields = [...reference.fields, ...table.fields];
    if (label !== undefined) requireColumn(table.fields, label, 'label');
    for (const name of except) requireColumn(fields, name, 'except');
    const compared = await compareTables([reference, table], {
      ...options,
      label,
      except,
      progress: (done, said) => ctx.progress(done, said),
    });
    const whole: Comparison = { ...compared, warnings: warningsOfBoth(compared) };
    return {
      value: comparedFigures(whole),
      files: { 'report.html': await comparisonPage(whole, title), 'report.json': JSON.stringify(whole) },
    };
  }),
);

function comparedFigures({ rows, columns, shared, warnings }: Comparison): CompareFigures {
  const alone = (side: 0 | 1): number => columns.filter(({ profiles }) => profiles[1 - side] === null).length;
  const drifted = columns.flatMap(({ name: column, moved }) =>
    moved
      .filter((one) => one.of !== 'missing' && one.drifted)
      .map(({ effect, psi, p }) => ({ column, effect, psi, p })),
  );
  drifted.sort((a, b) => b.effect - a.effect || (a.column < b.column ? -1 : 1));
  return {
    rows: [...rows],
    columns: { both: columns.length - alone(0) - alone(1), reference: alone(0), table: alone(1) },
    shared: shared.rows,
    drifted: drifted.slice(0, LISTED),
    warnings: warnings.slice(0, LISTED),
  };
}
