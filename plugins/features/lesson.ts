import { id, inner, innerName, sql, type Column, type Database, type Sql, type TableCell } from '@trainyard/tables/sql';
import { once } from './answers.js';
import { Figures, type Asking } from './figures.js';
import type { Label } from './label.js';

/** Rows from which on values that many rows share are counted once; below, each query costs more than its rows. */
const MANY = 50_000;
/** Counting pays where a value has as many rows as this on average, and keeps no more different ones. */
const [SHARED, DIFFERENT] = [8, 1e6];

/** How many rows stand behind a row of counted values. */
const TIMES = inner('times');

/** The training part, as what is fitted on it asks: derived columns included. */
export class Lesson extends Figures {
  private readonly counted = new Map<string, Promise<Counts>>();
  private readonly columnsAlone = new Map<string, Promise<Figures>>();

  constructor(
    database: Database,
    from: Sql,
    readonly columns: readonly Column[],
    rows: number,
    readonly label: Label | undefined,
    readonly seed: number,
    asking?: Asking,
  ) {
    super(database, from, rows, undefined, asking);
  }

  /** The values of one column, for what looks at no other: counted once where many rows share them. */
  alone(column: string): Promise<Figures> {
    let found = this.columnsAlone.get(column);
    if (!found) this.columnsAlone.set(column, (found = this.countValues(column)));
    return found;
  }

  /** How many rows have each value of a column; the values as text, as rows give them. */
  countsOf(column: string): Promise<Counts> {
    let found = this.counted.get(column);
    if (!found) this.counted.set(column, (found = this.countTexts(column)));
    return found;
  }

  private async countValues(column: string): Promise<Figures> {
    if (this.rows < MANY) return this;
    // An estimate decides how the same figures are found.
    const different = await this.number(sql`approx_count_distinct(${id(column)})`);
    if (different > Math.min(DIFFERENT, this.rows / SHARED)) return this;
    const values = innerName(`values of ${column}`);
    const { answers, ready: before } = this.asking;
    const ready = once(async () => {
      await before?.();
      this.passes++;
      await this.database.run(
        sql`CREATE TABLE ${id(values)} AS SELECT ${id(column)}, count(*) AS ${TIMES} FROM ${this.from} GROUP BY 1`,
      );
    });
    return new Figures(this.database, id(values), this.rows, TIMES, { answers, ready });
  }

  private async countTexts(column: string): Promise<Counts> {
    return this.ask(`texts of ${this.from.text} ${column}`, () => this.readTexts(column));
  }

  private async readTexts(column: string): Promise<Counts> {
    const counts = new Map<string, number>();
    let missing = 0;
    // The values come as rows give them, so that they become text here just as they do when the transform is applied.
    for await (const batch of this.database.batches<{ value: TableCell; count: number }>(
      sql`SELECT ${id(column)} AS value, count(*) AS count FROM ${this.from} GROUP BY 1`,
    ))
      for (const { value, count } of batch) {
        if (value === null || Number.isNaN(value)) missing += count;
        else counts.set(String(value), (counts.get(String(value)) ?? 0) + count);
      }
    return { missing, counts };
  }
}

/** Values of a column as text, with how many rows have each, and how many have none. */
export interface Counts {
  readonly missing: number;
  readonly counts: ReadonlyMap<string, number>;
}
