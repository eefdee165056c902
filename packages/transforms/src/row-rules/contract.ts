import type { z } from 'zod';
import type { Column, ColumnType, Sql, SqlFunction } from '@trainyard/tables/sql';

/** A cell of a row: dates as `2024-02-29`, timestamps as ISO 8601 in UTC to the millisecond; `null` is missing, NaN is not. */
export type RuleCell = number | string | boolean | null;
/** A row by column name, which rules change in place. A column that is absent is missing. */
export type RuleRow = Record<string, RuleCell | undefined>;

/** A value for a cell, as rules say it. */
export type RuleValue = string | number | boolean;

/** Columns by name and type, before or after a rule. */
export type RuleColumns = ReadonlyMap<string, ColumnType>;

/** What a rule does to a table, in SQL over the columns' own names. */
export interface TableStep {
  /** Columns that the rule is about, for reports. */
  readonly about: readonly string[];
  /** New contents, and type, of columns by name; a name that the table lacks is a new column, at the end. */
  readonly cells?: ReadonlyMap<string, { readonly value: Sql; readonly type: ColumnType }>;
  /** New names; `undefined` drops the column. */
  readonly names?: ReadonlyMap<string, string | undefined>;
  /** Rows for which this is true are dropped: true or false, never NULL. `column` is the one at fault, null for the whole row. */
  readonly drop?: { readonly failing: Sql; readonly expected: string; readonly column: string | null };
  /** Rows for which this is true stop the run: true or false, never NULL. */
  readonly stop?: { readonly failing: Sql; readonly expected: string; readonly column: string };
  /** Functions of our own that the SQL calls. */
  readonly functions?: readonly SqlFunction[];
  /**
   * The rule as a row is taken through it at serving, with every default made plain: columns named, types said.
   * Without it the rule means nothing for a row that is to be answered: it drops rows or columns, or checks them.
   */
  readonly travels?: object;
}

/** Rules inside of a rule, as JSON: for a kind whose rows bring other rows, which go through rules of their own. */
export interface InnerRules {
  /** Takes a row through them, as `applyRules` does. */
  through(rules: readonly unknown[]): (row: RuleRow) => RuleRow;
  /** The columns that a row must bring before them. */
  before(rules: readonly unknown[], wanted: RuleColumns): RuleColumns;
}

/**
 * A kind of row rule: it looks at one row, and has learnt nothing. Its SQL and its JavaScript give the same cells, which
 * a property test over random rows holds. Kinds are listed in `kinds.ts`; nothing else knows them by name.
 */
export interface RowRuleKind<Schema extends z.ZodObject = z.ZodObject> {
  /** Parameters of a rule; `rule` is the literal that names the kind. */
  readonly schema: Schema;
  /** What it does to a table of these columns. Throws a UserError for a rule that does not fit them. */
  table(rule: z.output<Schema>, columns: readonly Column[], inner: InnerRules): TableStep;
  /** What it does to a row, given the rule as `table` let it travel. Absent where none travels. */
  row?(rule: z.output<Schema>, inner: InnerRules): (row: RuleRow) => void;
  /** The columns that a row must bring before the rule, for those wanted after it. Default: the same. */
  before?(rule: z.output<Schema>, after: RuleColumns): RuleColumns;
  /** The columns that it makes of other rows of the table, and the columns whose values these rows share with it. */
  ofOthers?(rule: z.output<Schema>): { readonly columns: readonly string[]; readonly sharing: readonly string[] };
  /** Cells of a row as a request may bring them, of columns that only the rule reads: for an example. */
  example?(rule: z.output<Schema>): RuleRow;
}

/** A kind of row rule, with its parameters known by type. */
export function rowRuleKind<const Schema extends z.ZodObject>(kind: RowRuleKind<Schema>): RowRuleKind<Schema> {
  return kind;
}
