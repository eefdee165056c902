import { z } from 'zod';
import { ruleKind } from '../rule-kind.js';

/**
 * A query that its author wrote: the rows that it gives break the rule. One SELECT over `data`, the table that is checked,
 * and over the other tables by their names; no files, no network, no settings, nothing that changes from call to call.
 */
export const written = ruleKind({
  name: 'sql',
  title: 'a SELECT over `data` (and the other tables by name) whose rows break the rule',
  params: {
    query: z.string().min(1).describe('one SELECT; the rows that it gives break the rule'),
    columns: z
      .array(z.string())
      .default([])
      .describe('columns that it needs: the rule does not run where one is not there'),
    seconds: z.number().gt(0).max(3600).default(60).describe('longest time of the query'),
  },
  columns: ({ columns }) => columns,
  compile: ({ query, seconds }) => ({
    sort: 'written',
    query,
    limitMs: 1000 * seconds,
    expected: 'no row',
  }),
});
