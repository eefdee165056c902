import { sql, type Sql } from '@trainyard/tables/sql';

/** SQL for a DOUBLE kept within `±clip`; infinite ones as well. */
export function withinClip(value: Sql, clip: number): Sql {
  return sql`CASE WHEN ${value} > ${clip} THEN ${clip} WHEN ${value} < ${-clip} THEN ${-clip} ELSE ${value} END`;
}
