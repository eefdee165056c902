import { z } from 'zod';
import { dataColumns, id, join, sql } from '@trainyard/tables/sql';
import { columnOf } from './columns.js';
import { learningKind } from './contract.js';

export const sparseColumnsKind = learningKind({
  schema: z
    .strictObject({
      rule: z.literal('drop-sparse'),
      columns: z.array(z.string()).min(1).optional().describe('those that may be dropped; all by default'),
      over: z.number().min(0).lt(1).describe('the largest share of rows that may lack a value'),
    })
    .describe('drops columns of which more than a share of the training part is missing'),
  async fit({ columns: named, over }, { database, from, columns, rows }) {
    const given = named?.map((name) => columnOf('drop-sparse', columns, name)) ?? dataColumns(columns);
    if (given.length === 0) return [];
    const counts = given.map(({ name }, i) => sql`count(*) - count(${id(name)}) AS ${id(`m${i}`)}`);
    const missing = await database.row<Record<string, number>>(sql`SELECT ${join(counts)} FROM ${from}`);
    const dropped = given.filter((_, i) => (missing[`m${i}`] ?? 0) > over * rows).map(({ name }) => name);
    return dropped.length === 0 ? [] : [{ rule: 'drop', columns: dropped }];
  },
});
