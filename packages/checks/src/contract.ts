import { tableSchemaParam, type ColumnSchema, type TableSchema } from '@trainyard/tables/schema';
import { z } from 'zod';
import { rule, type Rule, type RuleInput } from './rules/index.js';

/** A data contract: what a table promises to whoever takes it. */
export const dataContract = z.strictObject({
  columns: tableSchemaParam
    .optional()
    .describe('a zod object of the columns: types, ranges, sets, patterns, what may be missing'),
  labels: z
    .array(z.string())
    .default([])
    .describe('columns that may be absent where a model serves: their rules then do not run, and that is well'),
  key: z
    .array(z.string())
    .default([])
    .describe('columns that identify a row: none is missing, no two rows have the same'),
  rules: z.array(rule).default([]).describe('what else is asked'),
});
export type DataContract = z.output<typeof dataContract>;

/** A contract as its author writes it; `columns` is a zod object, which is also the type of the rows. */
export interface ContractInput<S extends z.ZodObject = z.ZodObject> {
  readonly columns?: S;
  readonly labels?: readonly string[];
  readonly key?: readonly string[];
  readonly rules?: readonly RuleInput[];
}

/** All that a contract asks, as rules: those of its columns in their order, then of its key, then its own. */
export function rulesOf({ columns, key, rules }: DataContract): Rule[] {
  const asked = columns ? rulesOfSchema(columns) : [];
  const required = new Set(asked.flatMap((one) => (one.rule === 'required' ? [one.column] : [])));
  return [...asked, ...rulesOfKey(key, required), ...rules];
}

/** What a schema asks of a table, as rules. */
export function rulesOfSchema({ columns }: TableSchema): Rule[] {
  return Object.entries(columns).flatMap(([column, asked]) => [
    { rule: 'type' as const, column, type: asked.type, tolerated: 0 },
    ...rulesOfColumn(column, asked),
  ]);
}

/** What a schema asks of the values of a column of its type, as rules. */
export function rulesOfColumn(column: string, { type, nullable, min, max, values, pattern }: ColumnSchema): Rule[] {
  const tolerated = 0;
  const limits = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  const hasLimits = min !== undefined || max !== undefined;
  return [
    ...(nullable ? [] : [{ rule: 'required' as const, column, tolerated }]),
    ...(hasLimits
      ? [{ rule: type === 'text' ? ('length' as const) : ('range' as const), column, ...limits, tolerated }]
      : []),
    ...(values ? [{ rule: 'values' as const, column, values, tolerated }] : []),
    ...(pattern === undefined ? [] : [{ rule: 'pattern' as const, column, pattern, tolerated }]),
  ];
}

function rulesOfKey(key: readonly string[], required: ReadonlySet<string>): Rule[] {
  if (key.length === 0) return [];
  return [
    ...key
      .filter((column) => !required.has(column))
      .map((column) => ({ rule: 'required' as const, column, tolerated: 0 })),
    { rule: 'unique', columns: [...key], tolerated: 0 },
  ];
}
