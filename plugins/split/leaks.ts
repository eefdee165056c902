import {
  dataColumns,
  id,
  join,
  mayRepeat,
  spellingsOf,
  spellingWarnings,
  sql,
  type Column,
  type Database,
  type Sql,
} from '@trainyard/tables';
import type { SplitFigures } from './contract.js';
import { PART, PARTS, type Deal } from './assign-folds.js';

/** The most classes that are listed one by one. */
const LISTED = 30;

/**
 * Counts what a split did, and looks for rows of one part that stand in another. `dealt` has a column `PART`;
 * `deal` is what was asked for.
 */
export async function figuresOf(
  database: Database,
  dealt: Sql,
  columns: readonly Column[],
  label: string | undefined,
  deal: Deal,
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
    warnings: [
      ...warningsOf(rows, duplicates, deal.test),
      ...(label === undefined ? [] : spellingWarnings(`label ${label}`, spellingsOf(classes.map(({ name }) => name)))),
      ...classes.flatMap((one) => unevenShares(one, rows, deal)).slice(0, LISTED),
    ],
  };
}

function warningsOf(rows: SplitFigures['rows'], duplicates: SplitFigures['duplicates'], share: number): string[] {
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
  return warnings;
}

/**
 * A class whose share of a part is more than two standard errors off its share of the table, and more than a row: the
 * error of a count drawn without replacement (hypergeometric).
 */
function unevenShares(one: SplitFigures['classes'][number], rows: SplitFigures['rows'], deal: Deal): string[] {
  const total = rows.train + rows.validation + rows.test;
  const share = (one.train + one.validation + one.test) / total;
  const percent = (value: number): string => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)}%`;
  return (['test', 'validation'] as const).flatMap((part) => {
    const size = rows[part];
    const error = Math.sqrt((size * share * (1 - share) * (total - size)) / Math.max(1, total - 1));
    if (Math.abs(one[part] - size * share) <= Math.max(1, 2 * error)) return [];
    const advice =
      deal.group === undefined
        ? 'leave out exact: false to even this out'
        : 'groups of unlike size or class cause this';
    return `class ${one.name} is ${percent(one[part] / size)} of the ${part} part (${one[part]} of ${size} rows) and ${percent(share)} of the table: ${advice}`;
  });
}
