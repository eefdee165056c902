import { sql, type Database, type Sql } from '@trainyard/tables';

/** Longest shape that says something. */
const LONGEST = 40;

/**
 * The shapes of all texts, three at most: a run of digits is `9` and its length, of upper case letters `A`, of lower case ones
 * `a`, each with its length; other signs stand for themselves. A text with a sign beyond ASCII has the shape NULL.
 */
export async function shapesOf(database: Database, from: Sql, text: Sql): Promise<(string | null)[]> {
  const digits = sql`regexp_replace(${text}, '[0-9]', '9', 'g')`;
  const upper = sql`regexp_replace(${digits}, '[A-Z]', 'A', 'g')`;
  const shape = sql`CASE WHEN regexp_full_match(${text}, '[\\x20-\\x7e]*') THEN regexp_replace(${upper}, '[a-z]', 'a', 'g') END`;
  const rows = await database.rows<{ shape: string | null }>(
    sql`SELECT DISTINCT ${shape} AS shape FROM ${from} WHERE ${text} IS NOT NULL LIMIT 200`,
  );
  return rows.map((row) => row.shape);
}

/** An expression for all of these shapes, where they are one, or differ in the lengths of their runs alone. */
export function shapeOf(shapes: readonly (string | null)[]): string | null {
  if (shapes.length === 0 || shapes.length >= 200) return null;
  const split = shapes.map((shape) => (shape === null || shape.length > LONGEST ? null : runsOf(shape)));
  const first = split[0];
  if (!first || first.length === 0) return null;
  const alike = split.every(
    (runs) => runs !== null && runs.length === first.length && runs.every(({ sign }, i) => sign === first[i]?.sign),
  );
  // Words of one kind of letter, and numbers of any length, have no shape that says something.
  if (!alike || (first.length === 1 && split.some((runs) => runs?.[0]?.length !== first[0]?.length))) return null;
  const parts = first.map(({ sign }, i) => {
    const lengths = split.map((runs) => runs?.[i]?.length ?? 0);
    return classOf(sign) + countOf(Math.min(...lengths), Math.max(...lengths));
  });
  return `^${parts.join('')}$`;
}

function runsOf(shape: string): { sign: string; length: number }[] {
  return (shape.match(/(.)\1*/g) ?? []).map((run) => ({ sign: run[0]!, length: run.length }));
}

function classOf(sign: string): string {
  if (sign === '9') return String.raw`\d`;
  if (sign === 'A') return '[A-Z]';
  if (sign === 'a') return '[a-z]';
  return /[\^$\\.*+?()[\]{}|/]/.test(sign) ? `\\${sign}` : sign;
}

function countOf(least: number, most: number): string {
  if (least !== most) return `{${least},${most}}`;
  return least === 1 ? '' : `{${least}}`;
}
