import type { Column, Database, Sql } from '@trainyard/tables';
import { requireColumn, ROW_ID } from '@trainyard/tables';
import type { TableStep } from '@trainyard/transforms';
import { notFor } from '../not-for.js';

/** What a rule of whole tables does to a table that has `NTH` as well: it looks at several rows, and means nothing for one. */
export type TableRuleStep = Pick<TableStep, 'about' | 'cells' | 'drop'> & {
  /** Runs before anything of the step is asked: what several queries need is found once. */
  readonly before?: (database: Database) => Promise<void>;
};

/** The table that a rule is asked of. */
export interface Asked {
  readonly columns: readonly Column[];
  readonly table: Sql;
  /** The name of a table that the rule may make. */
  readonly found: string;
}

/** A column that a rule names. Throws a UserError for none, and for the identity of rows. */
export function findColumn(rule: string, columns: readonly Column[], name: string): Column {
  if (name === ROW_ID) throw notFor(rule, name, 'it is the identity of rows');
  return requireColumn(columns, name, `rule "${rule}"`);
}
