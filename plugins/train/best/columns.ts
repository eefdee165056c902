import { dataColumns, id, join, sql, type Column, type Database, type Sql } from '@trainyard/tables';
import type { RecipeFor } from '../../features/index.js';
import type { Form } from './learners/index.js';

/** Rows of a training part say what its columns are: how a column becomes features. */
export interface Profile {
  readonly column: Column;
  /** Rows with a value. */
  readonly present: number;
  readonly distinct: number;
  /** Words of a text, on average. */
  readonly words: number;
}

/** What columns become, and those that no feature is made of, with the reason. */
export interface Made {
  readonly recipe: RecipeFor<string, string>;
  readonly left: readonly { readonly column: string; readonly why: string }[];
}

/** Texts of this many words, on average, are texts and no names. */
const TEXT_WORDS = 4;
/** Categories up to which each has a feature of its own, and those that trees take as they are. */
const [ONE_HOT, PASSED] = [30, 1000];
/** Terms of a text. */
const TERMS = 100;

const holdsNumbers = ({ type }: Column): boolean => type === 'number' || type === 'integer';
const holdsTimes = ({ type }: Column): boolean => type === 'date' || type === 'timestamp';

/** Looks at each column of the relation `from` once. */
export async function profilesOf(
  database: Database,
  from: Sql,
  columns: readonly Column[],
): Promise<{ rows: number; profiles: Profile[] }> {
  const terms = columns.flatMap((column, i) => {
    const cell = id(column.name);
    const known = column.type === 'number' ? sql`CASE WHEN isnan(${cell}) THEN NULL ELSE ${cell} END` : cell;
    const words = column.type === 'text' ? sql`avg(length(string_split(trim(${cell}), ' ')))` : sql`0`;
    return [
      sql`count(${known}) AS ${id(`present ${i}`)}`,
      sql`count(DISTINCT ${known}) AS ${id(`distinct ${i}`)}`,
      sql`${words}::DOUBLE AS ${id(`words ${i}`)}`,
    ];
  });
  const found = await database.row<Record<string, number | null>>(
    sql`SELECT ${join([sql`count(*) AS rows`, ...terms])} FROM ${from}`,
  );
  const figure = (name: string): number => Number(found[name] ?? 0);
  return {
    rows: figure('rows'),
    profiles: columns.map((column, i) => ({
      column,
      present: figure(`present ${i}`),
      distinct: figure(`distinct ${i}`),
      words: figure(`words ${i}`),
    })),
  };
}

/** How a form makes features of the columns of a training part. The label never is among them. */
export function recipeOf(
  { rows, profiles }: { readonly rows: number; readonly profiles: readonly Profile[] },
  form: Form,
  label: { readonly name: string; readonly as: 'classes' | 'number' },
): Made {
  const left: { column: string; why: string }[] = [];
  const taken = new Set(profiles.map(({ column }) => column.name.toLowerCase()));
  const derive: NonNullable<Made['recipe']['derive']>[number][] = [];
  const numeric: object[] = [];
  const categorical: object[] = [];
  const pass: object[] = [];
  const text: object[] = [];
  const number = (name: string, missing: boolean): void => {
    if (form === 'passed') pass.push({ column: name });
    else numeric.push({ column: name, indicator: missing, clip: 10 });
  };
  for (const { column, present, distinct, words } of profiles) {
    const { name, type } = column;
    const missing = present < rows;
    if (present === 0) left.push({ column: name, why: 'it is missing in every row' });
    else if (distinct < 2 && !missing) left.push({ column: name, why: 'all rows have one value' });
    else if (holdsNumbers(column)) number(name, missing);
    else if (holdsTimes(column)) {
      for (const [derived, spec] of timesOf(column)) {
        let own = derived;
        while (taken.has(own.toLowerCase())) own = `${own}'`;
        taken.add(own.toLowerCase());
        derive.push({ ...spec, name: own } as never);
        number(own, missing);
      }
    } else if (type === 'text' && words >= TEXT_WORDS && distinct > ONE_HOT) text.push({ column: name, most: TERMS });
    else if (type === 'text' && present >= 20 && distinct > 0.9 * present)
      left.push({
        column: name,
        why: `${distinct} of ${present} values stand in one row alone: a name or a number of the row`,
      });
    else if (form === 'passed' && distinct <= PASSED) pass.push({ column: name });
    else if (distinct <= ONE_HOT) categorical.push({ column: name, maxCategories: distinct + 1 });
    else categorical.push({ column: name, encode: { by: 'target' }, maxCategories: distinct + 1 });
  }
  return {
    recipe: { derive, numeric, categorical, pass, text, label: label.name, labelAs: label.as } as Made['recipe'],
    left,
  };
}

/** A time as numbers: where it stands in the year and the week, and how late it is. */
function timesOf({ name, type }: Column): [string, object][] {
  const parts = ['year', 'month', 'day', 'weekday', ...(type === 'timestamp' ? ['hour'] : [])];
  return [
    ...parts.map((part): [string, object] => [`${name} ${part}`, { kind: 'calendar', column: name, part }]),
    [
      `${name} in days`,
      { kind: 'elapsed', from: { time: '2000-01-01T00:00:00Z' }, to: { column: name }, unit: 'days' },
    ],
  ];
}

/** The columns that may become features. */
export function featureColumnsOf(columns: readonly Column[], not: readonly string[]): Column[] {
  return dataColumns(columns).filter(({ name }) => !not.includes(name));
}
