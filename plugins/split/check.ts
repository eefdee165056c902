import { UserError } from '../../core/index.js';
import { id, requireColumn, requireRepeating, ROW_ID, sql, type Column, type Database } from '@trainyard/tables';
import type { SplitFigures } from './figures.js';
import { PARTS } from './place.js';

/** Throws a UserError for a table whose rows have no identity. */
export function requireIdentity(columns: readonly Column[]): void {
  if (columns.some((column) => column.name === ROW_ID)) return;
  throw new UserError(`the table has no column "${ROW_ID}", so its rows cannot be told apart`, {
    where: { port: 'table', column: ROW_ID },
    remedy: 'keep that column in every node between ingest and split',
  });
}

/** Throws a UserError for a label that is no column of classes, or missing in a row. */
export async function requireClasses(database: Database, columns: readonly Column[], label: string): Promise<void> {
  requireColumn(columns, label, 'label');
  const { rows, classes, missing } = await database.row<{ rows: number; classes: number; missing: number }>(
    sql`SELECT count(*) AS rows, count(DISTINCT ${id(label)}) AS classes, count(*) - count(${id(label)}) AS missing
        FROM rows`,
  );
  requireRepeating(
    { classes, rows },
    {
      where: { port: 'table', column: label },
      remedy: 'choose a column of classes, or bin it before; to predict numbers, split.random deals rows of any kind',
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

/** Throws a UserError for shares that leave nothing to train on. */
export function requireTraining({ test, validation }: { readonly test: number; readonly validation: number }): void {
  if (test + validation < 1) return;
  throw new UserError('the shares of test and validation leave nothing to train on', {
    where: { field: 'validation' },
    expected: 'test + validation below 1',
    actual: `${test} + ${validation}`,
  });
}

/** Expected rows from which on an empty part is no chance of a small table, but a mistake. */
const EXPECTED = 3;

/** Throws a UserError for a part without rows, or without rows of a class: its figures would say nothing. */
export function refuseEmpty(
  { rows, classes }: SplitFigures,
  asked: { readonly test: number; readonly validation: number },
  remedy: { readonly rows: string; readonly classes: string },
): void {
  const total = rows.train + rows.validation + rows.test;
  const shares = { test: asked.test, validation: asked.validation, train: 1 - asked.test - asked.validation };
  for (const part of PARTS) {
    if (shares[part] === 0) continue;
    if (rows[part] === 0 && (part === 'train' || shares[part] * total >= EXPECTED)) {
      throw new UserError(`the ${part} part has no rows`, {
        where: { port: 'table' },
        expected: 'at least one row in each part',
        actual: `${rows.train} for training, ${rows.validation} for validation, ${rows.test} for test`,
        remedy: remedy.rows,
      });
    }
    const without = classes.find((one) => one[part] === 0);
    if (without) {
      throw new UserError(`the ${part} part has no row of class ${without.name}`, {
        where: { port: 'table' },
        expected: 'rows of each class in each part',
        actual: `${without.train} for training, ${without.validation} for validation, ${without.test} for test`,
        remedy: remedy.classes,
      });
    }
  }
}
