import { UserError } from '@trainyard/errors';
import { carriedRules, id, requireColumn, sql, type Column, type Database } from '@trainyard/tables';
import { withRules, type FittedTransform } from '@trainyard/transforms';
import { openThroughRules } from '@trainyard/transforms/tables';
import type { InputArtifact } from '../../../worker/index.js';
import { lacks, type Target } from './target.js';

/**
 * How many rows a table of one's own for the figures has. Throws a UserError for one that could not be answered or measured once the
 * model is there: without the target, or a column that features may be made of, or of other types; with a class that training does not
 * have, with a row without a target, without rows. `trained` is the table that is learned from.
 */
export async function requireValidation(
  database: Database,
  table: InputArtifact,
  trained: InputArtifact,
  { task, columns }: Target,
): Promise<number> {
  const read = columns.map(({ name, type }) => ({ name, type }));
  const steps = read.map(({ name }) => ({ kind: 'pass' as const, column: name, type: 'category' as const }));
  const bare: FittedTransform = { format: 'trainyard.transform/3', steps, rows: 0, columns: read };
  const transform = withRules(bare, carriedRules(trained), columns);
  const known = await openThroughRules(database, 'validation', table, transform, 'validation');
  const column = requireColumn(known, task.label, 'the target of validation');
  const where = { port: 'validation', column: task.label };
  if (task.type === 'number' && column.type !== 'number' && column.type !== 'integer')
    throw new UserError(`column "${task.label}" holds ${column.type}, no numbers`, {
      where,
      expected: 'a column of numbers, as in the training table',
    });
  const { rows, lost } = await database.row<{ rows: number; lost: number }>(
    sql`SELECT count(*) AS rows, count(*) FILTER (WHERE ${lacks(column)}) AS lost FROM validation`,
  );
  if (rows === 0) throw new UserError('the table "validation" has no rows', { where: { port: 'validation' } });
  if (lost > 0)
    throw new UserError(`${lost} of ${rows} rows of the table "validation" have no target`, {
      where,
      expected: task.type === 'number' ? 'a finite number in every row' : 'a value in every row',
      remedy: 'leave them out first: clean.table with the rule require',
    });
  if (task.type === 'classes') await requireKnown(database, column, task.classes);
  return rows;
}

/** Throws a UserError for a class that training does not have. */
async function requireKnown(database: Database, { name }: Column, classes: readonly string[]): Promise<void> {
  // One more than there may be is enough to find one that is unknown.
  const found = await database.rows<{ value: unknown }>(
    sql`SELECT DISTINCT ${id(name)} AS value FROM validation LIMIT ${BigInt(classes.length + 1)}`,
  );
  const unknown = found.map(({ value }) => String(value)).find((value) => !classes.includes(value));
  if (unknown === undefined) return;
  throw new UserError('the table "validation" has a class that the training table does not have', {
    where: { port: 'validation', column: name },
    expected: classes.slice(0, 20).join(', '),
    actual: unknown,
    remedy: 'split the data so that every class is in the training table (split.stratified does)',
  });
}
