import {
  type Database,
  dataColumns,
  id,
  join,
  mayRepeat,
  openTable,
  requireColumn,
  sql,
  withDatabase,
} from '@trainyard/tables';
import { implement } from '../../worker/index.js';
import { associationsBetween, associationsWith } from './associations.js';
import { profileColumn } from './columns.js';
import { profile, type ProfileFigures } from './contract.js';
import { profilePage } from './page.js';
import type { ColumnProfile, Profile } from './profile.js';
import { warningsOf } from './warnings.js';

/** The most distinct integers that are taken for classes. */
const CODES = 20;
/** The most classes and warnings in the report's value: it travels. */
const LISTED = 20;

export const profileNode = implement(profile, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const all = await openTable(database, 'profiled', inputs.table);
    const { label } = params;
    if (label !== undefined) requireColumn(all, label, 'label');
    const table = id('profiled');
    const columns: ColumnProfile[] = [];
    for (const column of dataColumns(all)) {
      ctx.progress(columns.length / all.length, column.name);
      columns.push(await profileColumn(database, table, column));
    }
    const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM ${table}`);
    const target = columns.find(({ name }) => name === label);
    const features = columns.filter((column) => column !== target);
    const found: Omit<Profile, 'warnings'> = {
      format: 'trainyard.profile/1',
      rows,
      duplicates: await countDuplicates(database, columns),
      label: label ?? null,
      classes: target ? await classesOf(database, target) : [],
      columns,
      associations: await associationsBetween(database, table, features),
      withLabel: target ? await associationsWith(database, table, target, features) : [],
    };
    const whole: Profile = { ...found, warnings: warningsOf(found) };
    return {
      value: figuresOf(whole),
      files: { 'report.html': profilePage(whole, params.title), 'report.json': JSON.stringify(whole) },
    };
  }),
);

async function countDuplicates(database: Database, columns: readonly ColumnProfile[]): Promise<number> {
  if (columns.length === 0) return 0;
  const cells = columns.map(({ name }) => id(name));
  const { duplicates } = await database.row<{ duplicates: number | null }>(
    sql`SELECT sum(n - 1)::BIGINT AS duplicates
        FROM (SELECT count(*) AS n FROM ${mayRepeat(id('profiled'), cells)} GROUP BY ${join(cells)})`,
  );
  return duplicates ?? 0;
}

async function classesOf(database: Database, label: ColumnProfile): Promise<Profile['classes']> {
  if (label.kind === 'time' || label.type === 'number' || (label.type === 'integer' && label.distinct > CODES))
    return [];
  const cell = id(label.name);
  return database.rows<{ name: string; rows: number }>(
    sql`SELECT ${cell}::VARCHAR AS name, count(*) AS rows FROM profiled WHERE ${cell} IS NOT NULL
        GROUP BY 1 ORDER BY rows DESC, name`,
  );
}

function figuresOf({ rows, columns, duplicates, classes, warnings }: Profile): ProfileFigures {
  const missing = columns.reduce((sum, column) => sum + column.missing, 0);
  return {
    rows,
    columns: columns.length,
    missing: rows * columns.length === 0 ? 0 : missing / (rows * columns.length),
    duplicates,
    classes: classes.slice(0, LISTED),
    warnings: warnings.slice(0, LISTED),
  };
}
