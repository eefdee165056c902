import { join, sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { columnOf, present } from '../cells.js';
import { ruleKind } from '../rule-kind.js';

/** No two rows have the same values in these columns. Rows that lack one of them are skipped. */
export const unique = ruleKind({
  name: 'unique',
  title: 'no two rows have the same values in these columns; rows that lack one are skipped',
  params: { columns: z.array(z.string()).min(1) },
  columns: ({ columns }) => columns,
  compile({ columns }, table) {
    const cells = columns.map((name) => table.cell(columnOf(table, name).name));
    const looks = present(cells);
    // Equal cells have equal hashes, so the exact comparison, which is slow, is for the few rows whose hash repeats.
    const hash = sql`hash(${join(cells)})`;
    return {
      sort: 'query',
      looks,
      failing: (from, place) => {
        const repeated = sql`SELECT ${hash} FROM ${from} WHERE ${looks} GROUP BY 1 HAVING count(*) > 1`;
        const shown = join(
          cells.map((cell) => sql`${cell}::VARCHAR`),
          " || ', ' || ",
        );
        return sql`SELECT ${place} AS place, ${shown} AS text FROM ${from} WHERE ${looks} AND ${hash} IN (${repeated})
                   QUALIFY count(*) OVER (PARTITION BY ${join(cells)}) > 1`;
      },
      expected:
        columns.length === 1
          ? 'a value that no other row has'
          : `values of ${columns.join(', ')} that no other row has`,
    };
  },
});
