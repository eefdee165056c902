import { sql, type Sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { numberOf } from '../cell.js';
import type { ColumnStepKind } from './contract.js';

interface Operation {
  of(a: number, b: number): number | undefined;
  sql(a: Sql, b: Sql): Sql;
}

/** Of two numbers. A ratio with 0 below is missing. */
export const OPERATIONS = {
  sum: { of: (a, b) => a + b, sql: (a, b) => sql`${a} + ${b}` },
  difference: { of: (a, b) => a - b, sql: (a, b) => sql`${a} - ${b}` },
  product: { of: (a, b) => a * b, sql: (a, b) => sql`${a} * ${b}` },
  ratio: { of: (a, b) => (b === 0 ? undefined : a / b), sql: (a, b) => sql`CASE WHEN ${b} <> 0 THEN ${a} / ${b} END` },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof OPERATIONS;

const schema = z.object({
  kind: z.literal('arithmetic'),
  name: z.string(),
  operation: z.enum(Object.keys(OPERATIONS) as [OperationName, ...OperationName[]]),
  a: z.string(),
  b: z.string(),
});

/** What an operation gives of two columns of numbers; missing where one of them is. */
export type ArithmeticStep = Readonly<z.output<typeof schema>>;

export const arithmetic: ColumnStepKind<ArithmeticStep> = {
  kind: 'arithmetic',
  gives: 'column',
  schema,
  reads: ({ a, b }) => [a, b].map((column) => ({ column, type: 'number' as const })),
  column: ({ name }) => ({ name, type: 'number' }),
  reader({ operation, a, b }, placeOf) {
    const [first, second] = [placeOf(a), placeOf(b)];
    const { of } = OPERATIONS[operation];
    return (cells) => {
      const [left, right] = [numberOf(cells[first], a), numberOf(cells[second], b)];
      return left === undefined || right === undefined ? undefined : of(left, right);
    };
  },
  sql: ({ operation, a, b }, columns) => OPERATIONS[operation].sql(columns.number(a), columns.number(b)),
};
