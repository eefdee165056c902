import { z } from 'zod';
import { id, sql } from '@trainyard/tables/sql';
import { notFor } from '../not-for.js';
import { columnOf, nothingToLearn } from './columns.js';
import { learningKind } from './contract.js';

/** Values that a text is compared with: each comparison costs the product of their lengths. */
const MOST_KNOWN = 5_000;

export const spellingKind = learningKind({
  schema: z
    .strictObject({
      rule: z.literal('learn-spelling'),
      columns: z.array(z.string()).min(1),
      least: z.int().min(2).default(5).describe('rows of the training part that must have a value for it to be known'),
      distance: z.int().min(1).max(5).default(1).describe('slips of the pen: letters put in, left out, exchanged'),
    })
    .describe('values that are rare and a slip of the pen away from one that is not become that one'),
  async fit({ columns, least, distance }, { database, from, columns: all }) {
    return Promise.all(
      columns.map(async (name) => {
        const { type } = columnOf('learn-spelling', all, name);
        if (type !== 'text') throw notFor('learn-spelling', name, `it holds ${type}, not text`);
        const cell = id(name);
        const known = await database.rows<{ value: string }>(
          sql`SELECT ${cell} AS value FROM ${from} WHERE ${cell} IS NOT NULL GROUP BY ${cell} HAVING count(*) >= ${BigInt(least)}
              ORDER BY count(*) DESC, value LIMIT ${BigInt(MOST_KNOWN + 1)}`,
        );
        if (known.length === 0) throw nothingToLearn('learn-spelling', name);
        if (known.length > MOST_KNOWN)
          throw notFor(
            'learn-spelling',
            name,
            `more than ${MOST_KNOWN} of its values stand in ${least} rows or more: raise least`,
          );
        return { rule: 'spelling' as const, column: name, known: known.map(({ value }) => value), distance };
      }),
    );
  },
});
