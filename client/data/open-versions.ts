import { Artifacts, type Store } from '../../store/index.js';
import { id, openTable, requireColumn, sql, type Column, type Database, type Sql } from '@trainyard/tables';
import type { DataVersion } from './versions.js';

/** A version opened in a database. */
export interface OpenVersion {
  readonly version: DataVersion;
  readonly from: Sql;
  readonly columns: readonly Column[];
}

/** Makes the table of a version readable under a name. Throws TY-STORE-MISSING where the store has its bytes no more. */
export async function openVersion(
  database: Database,
  store: Store,
  version: DataVersion,
  name: string,
): Promise<OpenVersion> {
  const artifact = await new Artifacts(store).open({ ...version.table, kind: 'table' });
  const columns = await openTable(database, name, artifact);
  return { version, from: id(name), columns };
}

/** SQL for the cells of columns, which must be there. */
export function cellsOf({ columns, version }: OpenVersion, names: readonly string[]): Sql[] {
  return names.map((name) => {
    const { name: found } = requireColumn(columns, name, `version ${version.name}`);
    return sql`${id(found)}`;
  });
}
