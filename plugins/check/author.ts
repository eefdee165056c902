import { dataContract, type ContractInput, type DataContract } from '@trainyard/checks';
import { TrainyardError } from '@trainyard/errors';
import type { z } from 'zod';

/** A data contract in code; `Row` is the type of a row, after its `columns`. */
export type Contract<Row = unknown> = DataContract & { readonly row?: Row };

/** The type of a row that keeps a contract. */
export type RowOfContract<C> = C extends Contract<infer Row> ? Row : never;

/**
 * Declares a data contract: what a table promises to whoever takes it. Throws TY-PARAM naming each field that is wrong.
 *
 * ```ts
 * export const birds = contract({
 *   columns: z.object({ ring: z.string(), bill: z.number().min(10).max(90).nullable() }),
 *   key: ['ring'],
 *   rules: [{ rule: 'rows', min: 300 }],
 * });
 * ```
 */
export function contract<S extends z.ZodObject>(given: ContractInput<S>): Contract<z.output<S>> {
  const parsed = dataContract.safeParse(given);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new TrainyardError('TY-PARAM', {
    what: `the data contract is not valid: ${issues.join('; ')}`,
    where: { field: parsed.error.issues[0]?.path.join('.') || undefined },
    remedy: 'trainyard plugins check.table lists the rules and their parameters',
  });
}
