import { sql, withDatabase, writeTable, type TableOutput, type TableRow } from '@trainyard/tables';

/** Writes rows as tables into a folder, by name; the first row says the types. */
export const tablesIn =
  (folder: string) =>
  (name: string, of: readonly TableRow[]): Promise<TableOutput> => {
    const columns = Object.entries(of[0]!).map(([column, cell]) => ({
      name: column,
      type: typeof cell === 'number' ? ('number' as const) : ('text' as const),
    }));
    return withDatabase({}, async (database) => {
      await database.insert('given', columns, of);
      return writeTable(database, sql`FROM given`, folder, name);
    });
  };
