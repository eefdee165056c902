import type { InputArtifact } from '../../worker/index.js';
import {
  id,
  openTable,
  requireColumn,
  ROW_ID,
  sql,
  TABLE_FILE,
  writeTable,
  type Database,
  type TableCell,
  type TableOutput,
  type TableRow,
} from '@trainyard/tables';

/** A label as the text that people see, back as a cell of the column. */
function cellOf(label: string, type: string): TableCell {
  if (type === 'number' || type === 'integer') return Number(label);
  return type === 'boolean' ? label === 'true' : label;
}

/**
 * A table with some labels changed and some rows left out; rows and columns stay in order. `changes` has a label for a
 * row's identity, null to leave the row out.
 */
export async function relabel(
  database: Database,
  table: InputArtifact,
  label: string,
  changes: ReadonlyMap<string, string | null>,
  scratch: string,
): Promise<TableOutput> {
  const columns = await openTable(database, 'given', table);
  const { type } = requireColumn(columns, label, 'label');
  const rows: TableRow[] = [...changes].map(([row, to]) => ({
    row,
    dropped: to === null,
    to: to === null ? null : cellOf(to, type),
  }));
  await database.insert(
    'changes',
    [
      { name: 'row', type: 'text' },
      { name: 'dropped', type: 'boolean' },
      { name: 'to', type },
    ],
    rows,
  );
  const path = await table.path(TABLE_FILE);
  return writeTable(
    database,
    sql`SELECT given.* EXCLUDE (file_row_number) REPLACE (coalesce(changes."to", given.${id(label)}) AS ${id(label)})
        FROM read_parquet(${path}, file_row_number = true) AS given
        LEFT JOIN changes ON changes."row" = given.${id(ROW_ID)}
        WHERE changes.dropped IS NOT TRUE ORDER BY file_row_number`,
    scratch,
  );
}
