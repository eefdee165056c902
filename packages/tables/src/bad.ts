import { z } from 'zod';

/**
 * What becomes of rows that break a rule: up to the limit they are left out and kept in quarantine; over it the run stops
 * with five examples, or waits for a person, who releases the rows or rejects them.
 */
export const bad = z.strictObject({
  limit: z
    .number()
    .min(0)
    .refine((limit) => limit < 1 || Number.isInteger(limit), 'a share below 1, or a whole number of rows')
    .describe('most rows that may be dropped: a share of the rows below 1, a count from 1 on; 0 allows none'),
  over: z
    .enum(['stop', 'hold'])
    .default('stop')
    .describe('over the limit: the run stops, or waits for a person who releases or rejects the rows'),
});
export type Bad = z.output<typeof bad>;
export type BadInput = z.input<typeof bad>;

/** A line of a quarantine, as errors and questions show it. */
export interface QuarantineLine {
  readonly row: string;
  /** The file that the place is of, where a source has several. */
  readonly file?: string | null | undefined;
  readonly place: number;
  readonly rule: string;
  readonly column: string | null;
  readonly text: string | null;
  readonly expected: string;
}

/** A line in words: `line 17, age: "abc" (a whole number)`. `unit` is what a place is: `line`, `row`. */
export function sayLine({ file, place, column, rule, text, expected }: QuarantineLine, unit = 'row'): string {
  const cell = text === null ? 'nothing' : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return `${file ? `${file}, ` : ''}${unit} ${place}, ${column ?? rule}: ${cell} (${expected})`;
}

/** Whether so many dropped rows are over the limit: a share of the rows read below 1, a count from 1 on; 0 allows none. */
export function isOverLimit({ limit }: Pick<Bad, 'limit'>, dropped: number, read: number): boolean {
  return dropped > (limit < 1 ? limit * read : limit);
}

/** The limit in words. */
export function sayLimit({ limit }: Pick<Bad, 'limit'>): string {
  if (limit === 0) return 'none';
  return limit < 1 ? `at most ${Number((100 * limit).toPrecision(6))} % of the rows` : `at most ${limit} rows`;
}
