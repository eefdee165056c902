import { id, sql, type Sql } from '@trainyard/tables/sql';
import type { ColumnType } from '@trainyard/tables/schema';
import type { SqlColumns } from '../steps/contract.js';
import { codeOfNumber, codeOfText } from './codes.js';
import { foldSql } from './folds.js';
import { keptIn, keptName } from './inner.js';

/** A column as it stands in the table at hand. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** A column that cannot be read as a step reads it: that must be missing in every row. */
export interface Unreadable {
  readonly column: string;
  readonly as: 'number' | 'text' | 'timestamp' | 'boolean';
}

interface Held {
  readonly type: ColumnType;
  readonly value: Sql;
}

/** The columns of a table, and what steps keep and add, in layers of nested queries. */
export class TableColumns implements SqlColumns {
  readonly unreadable: Unreadable[] = [];
  private readonly columns = new Map<string, Held>();
  private readonly kept: { readonly expression: Sql; readonly level: number }[] = [];
  private readonly numbers = new Map<string, number>();

  /** `training`: these are the rows that the transform was fitted on, with their identities. */
  constructor(
    columns: readonly Column[],
    private readonly training = false,
  ) {
    for (const { name, type } of columns) this.columns.set(name, { type, value: id(name) });
  }

  /** Adds a column for the steps after this one. */
  add({ name, type }: Column, expression: Sql): void {
    this.columns.set(name, { type, value: this.keep(expression) });
  }

  has(column: string): boolean {
    return this.columns.has(column);
  }

  /** The table `from` with all that was kept, each expression computed once. */
  over(from: Sql): Sql {
    let query = from;
    const levels = Math.max(0, ...this.kept.map(({ level }) => level));
    for (let level = 1; level <= levels; level++) {
      const here = this.kept.flatMap((one, i) =>
        one.level === level ? [sql`${one.expression} AS ${keptName(i)}`] : [],
      );
      query = sql`(SELECT *, ${here.reduce((all, one) => sql`${all}, ${one}`)} FROM ${query})`;
    }
    return query;
  }

  /** Names of all that was kept. */
  names(): Sql[] {
    return this.kept.map((_, i) => keptName(i));
  }

  keep(expression: Sql): Sql {
    if (/^"~ty kept \d+"$/.test(expression.text)) return expression;
    const known = this.numbers.get(expression.text);
    if (known !== undefined) return keptName(known);
    const level = 1 + Math.max(0, ...keptIn(expression).map((number) => this.kept[number]!.level));
    const number = this.kept.push({ expression, level }) - 1;
    this.numbers.set(expression.text, number);
    return keptName(number);
  }

  number(column: string): Sql {
    const { type, value } = this.held(column);
    if (type === 'number') return this.keep(sql`CASE WHEN NOT isnan(${value}) THEN ${value} END`);
    return type === 'integer' ? sql`${value}::DOUBLE` : this.unread(column, 'number', sql`NULL::DOUBLE`);
  }

  truth(column: string): Sql {
    const { type, value } = this.held(column);
    if (type === 'number' || type === 'integer') return this.number(column);
    return type === 'boolean' ? sql`${value}::DOUBLE` : this.unread(column, 'boolean', sql`NULL::DOUBLE`);
  }

  code(column: string, keys: readonly string[]): Sql {
    const { type } = this.held(column);
    if (type === 'number') return codeOfNumber(this.number(column), keys);
    return codeOfText(this.text(column), keys);
  }

  text(column: string): Sql {
    const { type, value } = this.held(column);
    switch (type) {
      case 'text':
        return value;
      case 'boolean':
      case 'integer':
        return sql`${value}::VARCHAR`;
      case 'timestamp':
        return this.keep(sql`strftime(${this.time(column)}, '%Y-%m-%dT%H:%M:%S.%gZ')`);
      case 'date':
        return this.keep(sql`strftime(${value}, '%Y-%m-%d')`);
      case 'number':
        return this.unread(column, 'text', sql`NULL::VARCHAR`);
    }
  }

  time(column: string): Sql {
    const { type, value } = this.held(column);
    if (type === 'timestamp') return this.keep(sql`make_timestamp_ms(epoch_ms(${value}))`);
    return type === 'date' ? sql`${value}::TIMESTAMP` : this.unread(column, 'timestamp', sql`NULL::TIMESTAMP`);
  }

  missing(column: string): Sql {
    const { type, value } = this.held(column);
    return type === 'number' ? sql`(${this.number(column)} IS NULL)` : sql`(${value} IS NULL)`;
  }

  fold(seed: number, count: number): Sql | undefined {
    return this.training ? foldSql(seed, count) : undefined;
  }

  private held(column: string): Held {
    const found = this.columns.get(column);
    if (!found) throw new Error(`a step reads column "${column}", which is neither there nor made before it`);
    return found;
  }

  private unread(column: string, as: Unreadable['as'], nothing: Sql): Sql {
    if (!this.unreadable.some((one) => one.column === column && one.as === as)) this.unreadable.push({ column, as });
    return nothing;
  }
}
