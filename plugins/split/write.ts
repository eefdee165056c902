import { sql, writeTable, type Database, type Sql, type TableOutput } from '@trainyard/tables';
import type { SplitFigures } from './figures.js';
import { NTH, PART, PLACES } from './inner.js';

/** Writes the rows of `rows` whose part in `PLACES` is among these, in the order of the table. */
export function writePart(
  database: Database,
  parts: readonly string[],
  scratch: string,
  name: string,
): Promise<TableOutput> {
  return writeTable(database, partOf(parts), scratch, name);
}

function partOf(parts: readonly string[]): Sql {
  return sql`SELECT * EXCLUDE (${PART}, ${NTH}) FROM (SELECT * FROM rows POSITIONAL JOIN ${PLACES})
             WHERE list_contains(${parts}, ${PART})`;
}

/** Counts the rows of no part, by reason. */
export function countUnused(database: Database): Promise<NonNullable<SplitFigures['unused']>> {
  const count = (reason: string): Sql => sql`count(*) FILTER (WHERE ${PART} = ${reason})`;
  return database.row(
    sql`SELECT ${count('gap')} AS gap, ${count('missing')} AS missing, ${count('straddling')} AS straddling, ${count('other')} AS other
        FROM ${PLACES}`,
  );
}
