import { z } from 'zod';
import { node, report, table } from '../../core/index.js';

const column = z.string().min(1);

/** What a join did. */
export const joinFigures = z.object({
  rows: z.int(),
  matched: z.int(),
  /** Rows without a partner; their new cells are missing. */
  unmatched: z.int(),
  /** The commonest keys without a partner, the commonest first. */
  examples: z.array(z.object({ key: z.array(z.string()), rows: z.int() })),
  /** Rows of the other table, and those of them that no row has for a partner. */
  other: z.object({ rows: z.int(), unused: z.int() }),
  /** The new columns. */
  columns: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type JoinFigures = z.output<typeof joinFigures>;

/** Adds columns of another table, row by row: many rows may have one partner, none has two. */
export const join = node({
  name: 'tables.join',
  version: '1',
  title: 'Adds columns of another table by keys: each row has one partner there, or none',
  params: z.object({
    on: z
      .record(column, column)
      .refine((on) => Object.keys(on).length > 0, 'at least one column')
      .describe('columns of the table, each with the column of the other one that it equals'),
    columns: z.array(column).min(1).optional().describe('columns that are added: all but the keys'),
    prefix: z.string().optional().describe('what the names of new columns begin with, where the table has such names'),
    unmatched: z
      .enum(['keep', 'refuse'])
      .default('keep')
      .describe('what is done about rows without a partner: kept, their new cells missing, and counted; or refused'),
  }),
  inputs: { table, other: table },
  outputs: { table, report: report(joinFigures) },
  resources: { memory: '2GB' },
});
