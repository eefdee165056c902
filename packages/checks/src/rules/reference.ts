import { id, join, sql } from '@trainyard/tables/sql';
import type { ColumnType } from '@trainyard/tables/schema';
import { z } from 'zod';
import { columnOf, present } from '../cells.js';
import { DidNotRun, ruleKind } from '../rule-kind.js';

const family = (type: ColumnType): ColumnType => (type === 'integer' ? 'number' : type);

/** Each value is there in another table: a foreign key. Rows that lack a part of it are skipped. */
export const reference = ruleKind({
  name: 'reference',
  title: 'each value is there in another table (a foreign key); rows that lack a part of it are skipped',
  params: {
    columns: z.array(z.string()).min(1),
    table: z.string().min(1).describe('the other table, as the check names it'),
    key: z.array(z.string()).min(1).optional().describe('its columns, in the same order; the same names by default'),
  },
  columns: ({ columns }) => columns,
  compile({ columns, table: name, key = columns }, table) {
    const other = table.others.get(name);
    if (!other) throw new DidNotRun(`no table "${name}" was given to compare with`);
    if (key.length !== columns.length)
      throw new DidNotRun(`the rule names ${columns.length} columns here and ${key.length} in "${name}"`);
    const cells = columns.map((column, i) => {
      const mine = columnOf(table, column).type;
      const theirs = other.columns.find((one) => one.name === key[i]);
      if (!theirs) throw new DidNotRun(`table "${name}" has no column "${key[i]}"`);
      if (family(mine) !== family(theirs.type))
        throw new DidNotRun(`"${column}" holds ${mine}, and "${key[i]}" of ${name} holds ${theirs.type}`);
      return table.cell(column);
    });
    const looks = present(cells);
    const keys = join(key.map((column) => id(column)));
    const isKey = join(
      key.map((column) => sql`${id(column)} IS NOT NULL`),
      ' AND ',
    );
    const shown = join(
      cells.map((cell) => sql`${cell}::VARCHAR`),
      " || ', ' || ",
    );
    return {
      sort: 'query',
      looks,
      failing: (from, place) =>
        sql`SELECT ${place} AS place, ${shown} AS text FROM ${from} WHERE ${looks}
            AND (${join(cells)}) NOT IN (SELECT ${keys} FROM ${other.from} WHERE ${isKey})`,
      expected: `a value that ${name} has in ${key.join(', ')}`,
    };
  },
});
