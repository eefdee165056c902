import { sayShare as percent } from '@trainyard/pages';
import { id, join, spellingsOf, spellingWarnings, sql, type Database, type Sql } from '@trainyard/tables';
import type { SplitFigures } from '../figures.js';
import { PART } from '../inner.js';
import type { Share } from '../place.js';

/** The most classes that are listed one by one. */
export const LISTED = 30;

/** Rows of each class in each part, classes in order of their name. */
export async function classesOf(
  database: Database,
  dealt: Sql,
  label: string,
  parts: readonly string[],
): Promise<{ name: string; counts: number[] }[]> {
  const counts = parts.map((part, i) => sql`count(*) FILTER (WHERE ${PART} = ${part}) AS ${id(`part ${i}`)}`);
  const rows = await database.rows<Record<string, string | number>>(
    sql`SELECT ${id(label)}::VARCHAR AS name, ${join(counts)} FROM ${dealt} GROUP BY 1 ORDER BY 1`,
  );
  return rows.map((row) => ({ name: String(row['name']), counts: parts.map((_, i) => Number(row[`part ${i}`])) }));
}

/** Warns of labels that are one but for their spelling. */
export function warnOfSpellings(label: string, classes: readonly { readonly name: string }[]): string[] {
  return spellingWarnings(`label ${label}`, spellingsOf(classes.map(({ name }) => name)));
}

/**
 * A class whose share of a part is more than two standard errors off its share of the table, and more than a row: the
 * error of a count drawn without replacement (hypergeometric).
 */
export function unevenShares(
  one: SplitFigures['classes'][number],
  rows: SplitFigures['rows'],
  advice: string,
): string[] {
  const total = rows.train + rows.validation + rows.test;
  const share = (one.train + one.validation + one.test) / total;
  return (['test', 'validation'] as const).flatMap((part) => {
    const size = rows[part];
    const error = Math.sqrt((size * share * (1 - share) * (total - size)) / Math.max(1, total - 1));
    if (Math.abs(one[part] - size * share) <= Math.max(1, 2 * error)) return [];
    return `class ${one.name} is ${percent(one[part] / size)} of the ${part} part (${one[part]} of ${size} rows) and ${percent(share)} of the table: ${advice}`;
  });
}

/** Warns of parts whose size is far from what was asked for: whole groups, or sets of equal rows, are to blame. */
export function warnOfSizes(
  rows: Readonly<Record<string, number>>,
  parts: readonly Share[],
  largest: number,
): string[] {
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  return parts.flatMap(({ name, share }) => {
    const count = rows[name] ?? 0;
    if (
      share === 0 ||
      Math.abs(count - share * total) <= Math.max(0.05 * total, 3 * Math.sqrt(total * share * (1 - share)))
    )
      return [];
    const why =
      largest > 0.05 * total
        ? `the largest set of rows that stay together has ${largest}`
        : 'rows that stay together in large groups cause this';
    return `the ${name} part has ${count} of ${total} rows, not ${Math.round(share * total)}: ${why}`;
  });
}
