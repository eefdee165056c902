import { z } from 'zod';

/** What a rule came to. One that did not run has neither passed nor failed. */
export const VERDICTS = ['passed', 'failed', 'did not run'] as const;
export type Verdict = (typeof VERDICTS)[number];

const example = z.object({
  /** The row's number: the line of a source, the place in a table, from 1; null where a query's own row is shown. */
  place: z.int().nullable(),
  /** Its identity, where it has one. */
  row: z.string().nullable(),
  /** What stands there; null where nothing does. */
  text: z.string().nullable(),
});

/** What one rule came to. */
export const ruleFigures = z.object({
  rule: z.string(),
  /** What the report calls it. */
  called: z.string(),
  columns: z.array(z.string()),
  expected: z.string(),
  verdict: z.enum(VERDICTS),
  /** Rows that it looked at, and rows that it skipped: what it asks about is missing there. */
  seen: z.int(),
  skipped: z.int(),
  /** Rows that break it; 0 for a rule about the whole table. */
  failing: z.int(),
  /** What was found, of a rule about the whole table. */
  actual: z.string().nullable(),
  /** Why it did not run. */
  why: z.string().nullable(),
  /** It did not run, and the contract says that this is well. */
  excused: z.boolean(),
  /** Up to five rows that break it, the first ones. */
  examples: z.array(example),
});
export type RuleFigures = z.output<typeof ruleFigures>;

/** What a contract came to on a table. */
export const checkFigures = z.object({
  /** Failed where a rule has failed, else did not run where one has not run without excuse, else passed. */
  verdict: z.enum(VERDICTS),
  rows: z.int(),
  passed: z.int(),
  failed: z.int(),
  didNotRun: z.int(),
  rules: z.array(ruleFigures),
});
export type CheckFigures = z.output<typeof checkFigures>;

/** The figures of a contract, of those of its rules. */
export function checkFiguresOf(rows: number, rules: readonly RuleFigures[]): CheckFigures {
  const count = (verdict: Verdict): number => rules.filter((one) => one.verdict === verdict).length;
  const unexcused = rules.some(({ verdict, excused }) => verdict === 'did not run' && !excused);
  // A contract whose rules are all excused has asked nothing.
  const nothing = count('passed') + count('failed') === 0;
  const verdict = count('failed') > 0 ? 'failed' : unexcused || nothing ? 'did not run' : 'passed';
  return {
    verdict,
    rows,
    passed: count('passed'),
    failed: count('failed'),
    didNotRun: count('did not run'),
    rules: [...rules],
  };
}
