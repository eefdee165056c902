import type { CallOptions, Fit, Handle, Report, RowOf, Table } from '../../core/index.js';
import type { ColumnType } from '@trainyard/tables/schema';
import { cleanTable } from './contract.js';
import type { CleanFigures, RuleInput } from './rules.js';

/** What the cells of a column type are in a row's type. */
type CellOf<Type extends ColumnType> = Type extends 'number' | 'integer'
  ? number
  : Type extends 'boolean'
    ? boolean
    : string;

type Whole<Row, Column> = { [K in keyof Row]: K extends Column ? NonNullable<Row[K]> : Row[K] };
type Gaps<Row, Column> = { [K in keyof Row]: K extends Column ? Row[K] | null : Row[K] };

/** A row's type after one rule. */
type After<Row, R> = R extends { rule: 'require'; columns: readonly (infer Column)[] }
  ? Whole<Row, Column>
  : R extends { rule: 'fill'; column: infer Column }
    ? Whole<Row, Column>
    : R extends { rule: 'drop'; columns: readonly (infer Column)[] }
      ? { [K in keyof Row as K extends Column ? never : K]: Row[K] }
      : R extends { rule: 'rename'; columns: infer Names }
        ? { [K in keyof Row as K extends keyof Names ? Names[K] & string : K]: Row[K] }
        : R extends { rule: 'type'; column: infer Column; to: infer Type extends ColumnType }
          ? { [K in keyof Row]: K extends Column ? CellOf<Type> | Extract<Row[K], null> : Row[K] }
          : R extends { rule: 'range'; column: infer Column; outside: 'missing' }
            ? Gaps<Row, Column>
            : R extends { rule: 'allow'; column: infer Column; otherwise: 'missing' }
              ? Gaps<Row, Column>
              : Row;

/** A row's type after all rules, in order. */
export type Cleaned<Row, Rules> = unknown extends Row
  ? unknown
  : Rules extends readonly [infer First, ...infer Rest]
    ? Cleaned<After<Row, First>, Rest>
    : Row;

/** The cleaned table, and what cleaning changed. */
export type CleanTable<Row> = Handle<Table<Row>> & {
  readonly report: Handle<Report<CleanFigures>>;
  /** The rows that rules dropped: a line for each row, with the rule and the text at fault. */
  readonly quarantine: Handle<Table>;
};

function cleanBy<const T, const Rules extends readonly RuleInput[]>(
  args: { readonly table: T & Fit<'clean.table', 'table', Table, T>; readonly rules: Rules },
  options?: CallOptions,
): CleanTable<Cleaned<RowOf<T>, Rules>> {
  const { table: cleaned, report, quarantine } = cleanTable(args as never, options);
  return { ...(cleaned as Handle<Table<Cleaned<RowOf<T>, Rules>>>), report, quarantine };
}

/** Cleans a table by rules; the type of its rows follows them. Spread, so that the contract's call is no second one. */
export const table = Object.assign(cleanBy, { ...cleanTable });
