import { join, mayRepeat, sql } from '@trainyard/tables';
import type { PartsProfile } from '../profile.js';
import { countBy, type Field, type Relation } from './relation.js';

/** Rows that equal an earlier one in every column. */
export async function duplicatesIn({ database, from, fields }: Relation): Promise<number> {
  if (fields.length === 0) return 0;
  const cells = fields.map(({ cell }) => cell);
  const { duplicates } = await database.row<{ duplicates: number | null }>(
    sql`SELECT sum(n - 1)::BIGINT AS duplicates FROM (SELECT count(*) AS n FROM ${mayRepeat(from, cells)} GROUP BY ${join(cells)})`,
  );
  return duplicates ?? 0;
}

/** Rows of each part, and how many equal one of another part in all columns but the part's. */
export async function duplicatesBetween(relation: Relation, part: Field): Promise<PartsProfile> {
  const { database, from, fields } = relation;
  const [rows = []] = await countBy(relation, [part], ({ cell }) => sql`${cell}::VARCHAR`, 100);
  const cells = fields.filter((field) => field !== part).map(({ cell }) => cell);
  const none = { shared: 0 };
  const { shared } =
    cells.length === 0
      ? none
      : await database.row<{ shared: number | null }>(
          sql`SELECT sum(n)::BIGINT AS shared
              FROM (SELECT count(*) AS n, count(DISTINCT ${part.cell}) AS parts FROM ${mayRepeat(from, cells)} GROUP BY ${join(cells)})
              WHERE parts > 1`,
        );
  return {
    column: part.name,
    rows: rows.map(({ value, rows: n }) => ({ value: String(value), rows: n })),
    shared: shared ?? 0,
  };
}
