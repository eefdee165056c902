import type { Column } from '@trainyard/tables';
import type { Sql } from '@trainyard/tables/sql';
import { z } from 'zod';

/** What a rule is compiled for: a table, and those that it may look at beside it. */
export interface Checked {
  readonly columns: readonly Column[];
  /** SQL for the cell of a column, within a row. */
  readonly cell: (column: string) => Sql;
  /** Tables that the contract refers to, by the names that it gives them. */
  readonly others: ReadonlyMap<string, { readonly from: Sql; readonly columns: readonly Column[] }>;
  /** The moment that ages are counted to, ISO 8601 in UTC; undefined where none was given. */
  readonly at: string | undefined;
}

/** A rule that looks at each row by itself: counted in the one pass over the table. */
export interface RowCheck {
  readonly sort: 'rows';
  /** Rows that it looks at; the others are skipped. NULL counts as false, here and in `failing`. */
  readonly looks: Sql;
  /** Rows that break it, among those that it looks at. */
  readonly failing: Sql;
  /** What is shown of a failing row, as text. */
  readonly shown: Sql;
}

/** A rule about figures of the whole table: aggregates in the one pass, then judged. */
export interface FigureCheck {
  readonly sort: 'figures';
  /** Rows that it looks at. */
  readonly looks: Sql;
  /** Aggregates whose result does not depend on the order of rows: counts, least, largest. */
  readonly figures: Readonly<Record<string, Sql>>;
  /** Judges them: what was found, in words, and whether that is well; `why` in place of both where it cannot be said. */
  readonly judge: (
    figures: Readonly<Record<string, number | string | boolean | null>>,
  ) => { readonly well: boolean; readonly actual: string } | { readonly why: string };
}

/** A rule that needs a query of its own: rows looked at together, or with another table. */
export interface QueryCheck {
  readonly sort: 'query';
  readonly looks: Sql;
  /**
   * A query for the failing rows: columns `place` and `text`. `from` has the table's columns, and `place` with the row's number.
   */
  readonly failing: (from: Sql, place: Sql) => Sql;
}

/** A rule that JavaScript asks of each distinct text of a column, where the database cannot. */
export interface TextCheck {
  readonly sort: 'texts';
  readonly looks: Sql;
  readonly cell: Sql;
  readonly fits: (text: string) => boolean;
}

/** A rule whose query its author wrote: it runs apart, where it can read the named tables and nothing else. */
export interface WrittenCheck {
  readonly sort: 'written';
  readonly query: string;
  /** Longest time of the query. */
  readonly limitMs: number;
}

export type Check = (RowCheck | FigureCheck | QueryCheck | TextCheck | WrittenCheck) & {
  /** What is expected, in words. */
  readonly expected: string;
};

/** Why a rule cannot run on a table: it did not run, which is neither passed nor failed. */
export class DidNotRun extends Error {
  override readonly name = 'DidNotRun';
}

/**
 * A kind of rule: its parameters, and what it asks of a table. Pure. `compile` is called once for each check of a table;
 * it throws `DidNotRun` where the rule does not fit the table, which then neither passes nor fails.
 */
export interface RuleKind<Params extends z.ZodObject = z.ZodObject> {
  /** How contracts name it, never reused for another meaning. */
  readonly name: string;
  /** One line for the catalogue. */
  readonly title: string;
  /** The rule as a contract holds it: `rule`, its parameters, and what all rules have. */
  readonly schema: Params;
  /** The columns that it looks at. */
  readonly columns: (params: z.output<Params>) => readonly string[];
  /** What it means that one of them is not there: the rule does not run (the default), or it fails. */
  readonly absent?: 'fails' | undefined;
  readonly compile: (params: z.output<Params>, table: Checked) => Check;
}

/** What all rules have. */
export const common = {
  /** What the report calls it; the kind by default. */
  called: z.string().min(1).max(80).optional().describe('what the report calls the rule'),
  /** Share of the rows looked at that may break it, from 0 to 1. */
  tolerated: z.number().min(0).max(1).default(0).describe('share of the rows looked at that may break the rule'),
};

/** Declares a kind of rule. `params` are its own parameters; all rules have `called` and `tolerated` besides. */
export function ruleKind<const Name extends string, Shape extends z.core.$ZodLooseShape>(kind: {
  readonly name: Name;
  readonly title: string;
  readonly params: Shape;
  readonly columns: (params: z.output<z.ZodObject<Shape>>) => readonly string[];
  readonly absent?: 'fails';
  readonly compile: (params: z.output<z.ZodObject<Shape>>, table: Checked) => Check;
}): RuleKind<z.ZodObject<{ rule: z.ZodLiteral<Name> } & Shape & typeof common, z.core.$strict>> {
  const { name, title, params, columns, absent, compile } = kind;
  const schema = z.strictObject({ rule: z.literal(name), ...params, ...common }).describe(title);
  // What is read by the schema has all that the kind's own parameters have.
  return { name, title, schema, columns, absent, compile } as never;
}
