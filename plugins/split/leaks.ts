import { dataColumns, id, join, mayRepeat, sql, type Column, type Database, type Sql } from '../../tables/index.js';
import type { SplitFigures } from './contract.js';
import { PART, PARTS } from './deal.js';

/** The most classes that are listed one by one. */
const LISTED = 30;

/**
 * Counts what a split did, and looks for rows of one part that stand in another. `dealt` has a column `PART`; `share` is
 * the share of the test part that was asked for.
 */
export async function figuresOf(
  database: Database,
  dealt: Sql,
  columns: readonly Column[],
  label: string | undefined,
  share: number,
): Promise<SplitFigures> {
  const counts = (by: Sql): Sql =>
    join(PARTS.map((part) => sql`count(*) FILTER (WHERE ${by} = ${part}) AS ${id(part)}`));
  const rows = await database.row<SplitFigures['rows']>(sql`SELECT ${counts(PART)} FROM ${dealt}`);
  const classes =
    label === undefined
      ? []
      : await database.rows<SplitFigures['classes'][number]>(
          sql`SELECT ${id(label)}::VARCHAR AS name, ${counts(PART)} FROM ${dealt} GROUP BY 1 ORDER BY 1`,
        );
  const cells = dataColumns(columns).map(({ name }) => id(name));
  const within = (part: string, other: string): Sql =>
    sql`count(*) FILTER (WHERE ${PART} = ${part} AND list_contains(parts, ${other}))`;
  const duplicates = await database.row<SplitFigures['duplicates']>(
    sql`SELECT ${within('test', 'train')} AS ${id('testInTrain')},
               ${within('test', 'validation')} AS ${id('testInValidation')},
               ${within('validation', 'train')} AS ${id('validationInTrain')}
        FROM (SELECT ${PART}, list(${PART}) OVER (PARTITION BY ${join(cells)}) AS parts
              FROM ${mayRepeat(dealt, cells)})`,
  );
  return {
    rows,
    classes: classes.slice(0, LISTED),
    duplicates,
    warnings: warningsOf(rows, classes, duplicates, share),
  };
}

function warningsOf(
  rows: SplitFigures['rows'],
  classes: SplitFigures['classes'],
  duplicates: SplitFigures['duplicates'],
  share: number,
): string[] {
  const warnings: string[] = [];
  const { testInTrain, testInValidation, validationInTrain } = duplicates;
  if (testInTrain + testInValidation > 0) {
    warnings.push(
      `${testInTrain + testInValidation} rows of the test part equal rows outside it in every column: its figures will ` +
        'be too good; drop duplicates before splitting, or split by group',
    );
  }
  if (validationInTrain > 0)
    warnings.push(`${validationInTrain} rows of the validation part equal rows of the training part`);
  if (share > 0 && rows.test < 30) warnings.push(`the test part has ${rows.test} rows: its figures will be rough`);
  const total = rows.train + rows.validation + rows.test;
  for (const one of classes.slice(0, LISTED)) {
    const size = one.train + one.validation + one.test;
    const expected = (size * rows.test) / total;
    if (expected > 0 && Math.abs(one.test - expected) > Math.max(2, 0.5 * expected)) {
      warnings.push(
        `class ${one.name} has ${one.test} rows in the test part where its share would be ${expected.toFixed(1)}; exact: true evens this out`,
      );
    }
  }
  return warnings;
}
