import { id, join, sql, type Column, type Database, type Sql } from '@trainyard/tables';
import { sayShare as percent } from '@trainyard/pages';
import { columnsOfOthers } from '@trainyard/transforms';
import type { Crossings, FoldFigures, SplitFigures } from '../figures.js';
import { PART, PLACES } from '../inner.js';
import { PARTS, type Share } from '../place.js';
import { compared, EQUAL_ROWS, findNear, NEAR_ROWS, type Near } from '../together.js';
import { classesOf, LISTED, unevenShares, warnOfSizes, warnOfSpellings } from './classes.js';
import { namesRows, repeatingOf, type Repeating } from './columns.js';
import { ordersOf, overlapsOf, tellsMuch, timesOf } from './overlaps.js';
import { crossingFolds, crossingsOf, isTelling } from './repeats.js';

/** What was asked for, as far as the report says whether it came out. */
export interface Asked {
  readonly label?: string | undefined;
  readonly group?: string | undefined;
  readonly near?: Near | undefined;
  /** A split by time: its column. */
  readonly time?: string | undefined;
  /** The shares that parts were to have; none where rows alone decide. */
  readonly parts: readonly Share[];
  /** What to do about shares of classes that came out uneven. */
  readonly advice: string;
}

/** Rows with the number and the part of each: `rows` and `PLACES` have one order. */
const DEALT = id('dealt');

async function viewDealt(database: Database): Promise<void> {
  await database.run(sql`CREATE OR REPLACE VIEW ${DEALT} AS SELECT * FROM rows POSITIONAL JOIN ${PLACES}`);
}

/** Compares rows nearly as was asked for; else by all columns but those that name each row. Gives those left out. */
async function compareNearly(
  database: Database,
  columns: readonly Column[],
  repeating: readonly Repeating[],
  asked: Pick<Asked, 'near' | 'group'>,
): Promise<string[]> {
  const names = repeating.filter(namesRows).map(({ column }) => column.name);
  const some = columns.filter(({ name }) => name !== '_row').length > names.length;
  const near = asked.near ?? { except: some ? names : [], digits: 4 };
  // Where rows were bound by it, the table is there.
  if (asked.near === undefined) await findNear(database, compared(columns, near), near.digits, asked.group);
  return [...(near.except ?? [])];
}

/**
 * Counts what a split did, and looks for what its parts have in common. Needs the tables `rows`, `PLACES`, `EQUAL_ROWS`,
 * and `NEAR_ROWS` where `near` was asked for.
 */
export async function figuresOf(
  database: Database,
  columns: readonly Column[],
  asked: Asked,
  together: SplitFigures['together'],
): Promise<SplitFigures> {
  await viewDealt(database);
  const { label, group } = asked;
  const counts = (of: readonly string[]): Sql =>
    join(of.map((part) => sql`count(*) FILTER (WHERE ${PART} = ${part}) AS ${id(part)}`));
  const rows = await database.row<SplitFigures['rows']>(sql`SELECT ${counts(PARTS)} FROM ${PLACES}`);
  const judge = rows.test > 0 ? 'test' : 'validation';
  const repeating = await repeatingOf(database, columns);
  const classes =
    label === undefined
      ? []
      : (await classesOf(database, DEALT, label, PARTS)).map(
          ({ name, counts: [train = 0, validation = 0, test = 0] }) => ({
            name,
            train,
            validation,
            test,
          }),
        );
  const duplicates = await crossingsOf(database, EQUAL_ROWS);
  const except = await compareNearly(database, columns, repeating, asked);
  const near = { ...(await crossingsOf(database, NEAR_ROWS)), except };
  const overlaps = await overlapsOf(database, DEALT, repeating, judge, label, group);
  const orders = label === undefined ? [] : await ordersOf(database, repeating, label);
  const times = await timesOf(database, DEALT, columns, judge);
  const figures = { rows, classes: classes.slice(0, LISTED), duplicates, near, together, overlaps, times };
  return {
    ...figures,
    warnings: [
      ...(inOrder(asked, times) ? [] : warnOfHistory(database, group)),
      ...warnOfRepeats(duplicates, near, await isTelling(database, NEAR_ROWS)),
      ...(rows.test > 0 && rows.test < 30 ? [`the test part has ${rows.test} rows: its figures will be rough`] : []),
      ...warnOfSizes(rows, asked.parts, together.largest),
      ...overlaps.flatMap((one) => warnOfOverlap(one, judge, label)),
      ...orders.map(
        ({ column, tells, commonest }) =>
          `column ${column} tells the label ${label} by its order alone (right for ${percent(tells)} of the rows, the commonest label for ${percent(commonest)}): rows were numbered class by class, so leave it out of the features`,
      ),
      ...times.flatMap((one) => warnOfTime(one, rows[judge], judge, asked.time)),
      ...(label === undefined ? [] : warnOfSpellings(label, classes)),
      ...classes.flatMap((one) => unevenShares(one, rows, asked.advice)).slice(0, LISTED),
    ],
  };
}

/** Whether the part that judges comes after training, by what was asked for or by all times. */
function inOrder(asked: Asked, times: SplitFigures['times']): boolean {
  return asked.time !== undefined || (times.length > 0 && times.every(({ within }) => within === 0));
}

/** Columns of earlier rows, which are dealt to other parts; not so where a part has all rows of their key. */
function warnOfHistory({ carried }: Database, group: string | undefined): string[] {
  const columns = [...new Set(carried.flatMap((rules) => columnsOfOthers(rules, group)))];
  if (columns.length === 0) return [];
  return [
    `the columns ${columns.join(', ')} hold cells of earlier rows, which stand in other parts: a training row may tell of rows of the test part; use split.time`,
  ];
}

function warnOfRepeats(equal: Crossings, near: SplitFigures['near'], telling: boolean): string[] {
  const warnings: string[] = [];
  const ofTest = equal.testInTrain + equal.testInValidation;
  if (ofTest > 0)
    warnings.push(
      `${ofTest} rows of the test part equal rows outside it in every column: its figures will be too good; drop duplicates before splitting, or leave out equal: 'apart'`,
    );
  if (equal.validationInTrain > 0)
    warnings.push(`${equal.validationInTrain} rows of the validation part equal rows of the training part`);
  const nearly = near.testInTrain + near.testInValidation - ofTest;
  if (nearly > 0 && telling)
    warnings.push(
      `${nearly} more rows of the test part equal rows outside it but for case, white space, the last digits of numbers` +
        `${near.except.length === 0 ? '' : ` and the columns ${near.except.join(', ')}`}: near: { except: [${near.except.map((name) => `'${name}'`).join(', ')}] } keeps such rows together`,
    );
  return warnings;
}

function warnOfOverlap(one: SplitFigures['overlaps'][number], judge: string, label: string | undefined): string[] {
  const shared = `${one.shared} of the ${one.values} values that column ${one.column} has in the ${judge} part stand in training too`;
  if (label === undefined)
    return one.shared < one.values / 2
      ? []
      : [`${shared}: where it names what rows belong to (a patient, a shop), split with group: '${one.column}'`];
  if (!tellsMuch(one)) return [];
  return [
    `${shared}, and alone tell the label ${label} of ${percent(one.tells ?? 0)} of their rows (the commonest label: ${percent(one.commonest ?? 0)}): a model may learn who it is instead of what; split with group: '${one.column}', or leave it out`,
  ];
}

function warnOfTime(
  one: SplitFigures['times'][number],
  rows: number,
  judge: string,
  time: string | undefined,
): string[] {
  if (one.within === 0 || (time !== undefined && one.column !== time)) return [];
  return [
    `${one.within} of ${rows} rows of the ${judge} part lie no later than the newest training row by column ${one.column}: where the model is to tell what comes, use split.time`,
  ];
}

/** Counts what dealing to folds did. */
export async function foldFiguresOf(
  database: Database,
  columns: readonly Column[],
  k: number,
  asked: Asked,
  together: FoldFigures['together'],
): Promise<FoldFigures> {
  await viewDealt(database);
  const names = Array.from({ length: k }, (_, fold) => String(fold));
  const sizes = await database.rows<{ part: string; n: number }>(
    sql`SELECT ${PART} AS part, count(*) AS n FROM ${PLACES} GROUP BY 1`,
  );
  const size = new Map(sizes.map(({ part, n }) => [part, n]));
  const rows = names.map((name) => size.get(name) ?? 0);
  const classes =
    asked.label === undefined
      ? []
      : (await classesOf(database, DEALT, asked.label, names)).map(({ name, counts }) => ({ name, folds: counts }));
  const duplicates = await crossingFolds(database, EQUAL_ROWS);
  await compareNearly(database, columns, await repeatingOf(database, columns), asked);
  const near = await crossingFolds(database, NEAR_ROWS);
  const telling = await isTelling(database, NEAR_ROWS);
  return {
    rows,
    before: size.get('before') ?? 0,
    classes: classes.slice(0, LISTED),
    duplicates,
    near,
    together,
    warnings: [
      ...(asked.time === undefined ? warnOfHistory(database, asked.group) : []),
      ...(duplicates > 0 ? [`${duplicates} rows equal a row of another fold in every column`] : []),
      ...(near > duplicates && telling ? [`${near - duplicates} more rows nearly equal a row of another fold`] : []),
      ...warnOfSizes(
        Object.fromEntries(rows.map((count, fold) => [String(fold), count])),
        asked.parts,
        together.largest,
      ),
      ...(asked.label === undefined ? [] : warnOfSpellings(asked.label, classes)),
      ...classes
        .filter(({ folds }) => folds.includes(0))
        .slice(0, LISTED)
        .map(({ name, folds }) => `fold ${folds.indexOf(0)} has no row of class ${name}`),
    ],
  };
}
