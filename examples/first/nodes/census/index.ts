import { json, node, table } from 'trainyard';
import { z } from 'zod';

/** The contract: what a pipeline calls. It says what goes in and what comes out, and runs nothing. */
export const census = node({
  name: 'birds.census',
  version: '1',
  title: 'Counts birds',
  params: z.object({ by: z.string().describe('the column to count by') }),
  inputs: { table },
  outputs: json(z.object({ counts: z.record(z.string(), z.number().int()) })),
});
