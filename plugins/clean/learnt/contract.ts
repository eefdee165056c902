import type { z } from 'zod';
import type { Column, Database, Sql } from '@trainyard/tables/sql';
import type { RowRuleInput } from '@trainyard/transforms';

/** The training part as a learning rule meets it: as the rules before it left it. */
export interface Lesson {
  readonly database: Database;
  /** The rows, with their place `NTH`. */
  readonly from: Sql;
  readonly columns: readonly Column[];
  readonly rows: number;
  /** Most rows to learn from where all of them do not fit; which ones says the seed. */
  readonly sample: number;
  readonly seed: number;
}

/**
 * A kind of rule that learns: it gives row rules that hold what it has learnt as constants, so that whatever applies row
 * rules applies it, serving included. Kinds are listed in `rules.ts`.
 */
export interface LearningKind<Schema extends z.ZodObject = z.ZodObject> {
  /** Parameters of a rule; `rule` is the literal that names the kind. */
  readonly schema: Schema;
  /** Throws a UserError where there is nothing to learn from, or where the rule does not fit a column. */
  fit(rule: z.output<Schema>, lesson: Lesson): Promise<RowRuleInput[]>;
}

/** A kind of learning rule, with its parameters known by type. */
export function learningKind<const Schema extends z.ZodObject>(kind: LearningKind<Schema>): LearningKind<Schema> {
  return kind;
}
