import { UserError } from '@trainyard/errors';
import { finite, id, scaled, scaleOf, sql, unscaled, type Column, type Scale, type Sql } from '@trainyard/tables/sql';
import type { Figures } from './figures.js';

/** A number that what learns from the label looks at: the label itself, or whether a row is of a class. */
export interface Target {
  /** For names of features: `price`, `species=Adelie`. */
  readonly name: string;
  /** SQL, within -1 and 1; NULL where the label is missing. */
  readonly z: Sql;
  /** SQL of its square. For classes these are one. */
  readonly square: Sql;
  /** What stands at a place of `z`. */
  valueOf(place: number): number;
}

/** The column to predict, as fitting looks at it. */
export interface Label {
  readonly column: string;
  /** Its classes as the database writes them, sorted; absent where it is a number. */
  readonly classes?: readonly string[];
  /** One, or one for each class. */
  readonly targets: readonly Target[];
}

/** More classes than this are none. */
const MOST_CLASSES = 200;

/** Looks at the label. Throws a UserError where it has too many classes, or no values. */
export async function labelOf(
  figures: Figures,
  { name, type }: Column,
  as: 'auto' | 'classes' | 'number',
): Promise<Label> {
  const numbers = type === 'number' || type === 'integer';
  if (as === 'number' && !numbers)
    throw new UserError(`the label "${name}" does not hold numbers`, {
      where: { column: name, field: 'recipe.labelAs' },
      expected: 'a column of numbers or integers',
      actual: type,
    });
  if (as === 'classes' || !numbers) return classes(figures, name);
  const x = finite(id(name));
  const [{ min = null, max = null } = {}] = await figures.group<{ min: number | null; max: number | null }>(
    sql`SELECT min(${x}) AS min, max(${x}) AS max FROM ${figures.from}`,
  );
  if (min === null || max === null) throw nothing(name);
  const scale: Scale = scaleOf(min, max);
  const z = scaled(x, scale);
  return {
    column: name,
    targets: [{ name, z, square: sql`(${z} * ${z})`, valueOf: (place) => unscaled(place, scale) }],
  };
}

async function classes(figures: Figures, name: string): Promise<Label> {
  const text = sql`${id(name)}::VARCHAR`;
  const found = await figures.group<{ value: string }>(
    sql`SELECT DISTINCT ${text} AS value FROM ${figures.from} WHERE ${text} IS NOT NULL ORDER BY 1 LIMIT ${BigInt(MOST_CLASSES + 1)}`,
  );
  if (found.length === 0) throw nothing(name);
  if (found.length > MOST_CLASSES)
    throw new UserError(`the label "${name}" has more than ${MOST_CLASSES} classes`, {
      where: { column: name, field: 'recipe.label' },
      remedy: 'a label of numbers is said by labelAs: "number"',
    });
  const names = found.map(({ value }) => value);
  const targets = names.map((value): Target => {
    const z = sql`(${text} = ${value})::DOUBLE`;
    return { name: `${name}=${value}`, z, square: z, valueOf: (place) => place };
  });
  return { column: name, classes: names, targets };
}

function nothing(name: string): UserError {
  return new UserError(`the label "${name}" is missing in every row of the training part`, { where: { column: name } });
}

/** What rows share of a target: how many, their sum and sum of squares, in units of `z`. */
export interface Sums {
  readonly n: number;
  readonly s: number;
  readonly q: number;
}

export const NO_SUMS: Sums = { n: 0, s: 0, q: 0 };

export function addSums(a: Sums, b: Sums): Sums {
  return { n: a.n + b.n, s: a.s + b.s, q: a.q + b.q };
}

export function lessSums(a: Sums, b: Sums): Sums {
  return { n: a.n - b.n, s: a.s - b.s, q: a.q - b.q };
}
