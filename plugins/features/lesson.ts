import {
  id,
  join,
  sql,
  type Column,
  type Database,
  type Sql,
  type TableCell,
  type TableRow,
} from '@trainyard/tables/sql';
import type { Label } from './label.js';

/** Aggregates that one query computes. */
const TERMS = 300;
/** Quantiles from which on sorting once costs less than picking each. */
const SORTED = 5;
/** Values whose quantiles a query holds at a time: 256 MB. */
const HELD = 32e6;

interface Asked<Answer> {
  readonly answer: (found: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * The training part, as what is fitted on it asks: derived columns included. Figures that are asked for at the same time come
 * of one pass over the rows, and each is computed once. All of them are exact, or sums of whole numbers, so that neither
 * threads nor the order of rows, nor which were computed together, changes a bit.
 */
export class Lesson {
  private readonly figures = new Map<string, { readonly term: Sql; readonly found: Promise<TableCell> }>();
  private figuresAsked: (Asked<TableCell> & { readonly term: Sql })[] = [];
  private readonly quantiles = new Map<string, Promise<readonly number[]>>();
  private quantilesAsked: (Asked<readonly number[]> & { readonly x: Sql; readonly shares: readonly number[] })[] = [];
  private readonly counted = new Map<string, Promise<Counts>>();
  private due = false;
  /** Queries that have run. */
  passes = 0;

  constructor(
    readonly database: Database,
    readonly from: Sql,
    readonly columns: readonly Column[],
    readonly rows: number,
    readonly label: Label | undefined,
    readonly seed: number,
  ) {}

  /** An aggregate over all rows. */
  figure(term: Sql): Promise<TableCell> {
    const known = this.figures.get(term.text);
    if (known) return known.found;
    const found = new Promise<TableCell>((answer, fail) => this.figuresAsked.push({ term, answer, fail }));
    this.figures.set(term.text, { term, found });
    this.flushSoon();
    return found;
  }

  /** The same as a number; 0 where it is missing. */
  async number(term: Sql): Promise<number> {
    return Number((await this.figure(term)) ?? 0);
  }

  /** Exact quantiles of a DOUBLE, by linear interpolation between ranks (Hyndman and Fan's type 7); empty where it has no values. */
  quantilesOf(x: Sql, shares: readonly number[]): Promise<readonly number[]> {
    const key = `${x.text}\n${shares.join(' ')}`;
    let found = this.quantiles.get(key);
    if (!found) {
      found = new Promise((answer, fail) => this.quantilesAsked.push({ x, shares, answer, fail }));
      this.quantiles.set(key, found);
      this.flushSoon();
    }
    return found;
  }

  /** How many rows have each value of a column; the values as text, as rows give them. */
  countsOf(column: string): Promise<Counts> {
    let found = this.counted.get(column);
    if (!found) this.counted.set(column, (found = this.count(column)));
    return found;
  }

  /** Rows of a query over the training part, such as one that groups it. */
  async group<Row extends object = TableRow>(query: Sql): Promise<Row[]> {
    this.passes++;
    return this.database.rows<Row>(query);
  }

  private async count(column: string): Promise<Counts> {
    const counts = new Map<string, number>();
    let missing = 0;
    this.passes++;
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

  /** All that is ready asks first: what waits for nothing else has asked when timers are due. */
  private flushSoon(): void {
    if (this.due) return;
    this.due = true;
    setImmediate(() => {
      this.due = false;
      const [figures, quantiles] = [this.figuresAsked, this.quantilesAsked];
      [this.figuresAsked, this.quantilesAsked] = [[], []];
      for (let at = 0; at < figures.length; at += TERMS) this.runFigures(figures.slice(at, at + TERMS));
      for (const one of quantiles.filter(({ shares }) => shares.length >= SORTED)) this.runSorted(one);
      const few = quantiles.filter(({ shares }) => shares.length < SORTED);
      const together = Math.max(1, Math.floor(HELD / Math.max(1, this.rows)));
      for (let at = 0; at < few.length; at += together) this.runQuantiles(few.slice(at, at + together));
    });
  }

  private runFigures(asked: Lesson['figuresAsked']): void {
    const terms = asked.map(({ term }, i) => sql`${term} AS ${id(`f${i}`)}`);
    this.answer(asked, sql`SELECT ${join(terms)} FROM ${this.from}`, ([row = {}], i) => row[`f${i}`] ?? null);
  }

  private runQuantiles(asked: Lesson['quantilesAsked']): void {
    const terms = asked.map(({ x, shares }, i) => sql`unnest(quantile_cont(${x}, ${shares})) AS ${id(`q${i}`)}`);
    this.answer(asked, sql`SELECT ${join(terms)} FROM ${this.from}`, (rows, i) =>
      rows.slice(0, asked[i]!.shares.length).flatMap((row) => {
        const value = row[`q${i}`];
        return typeof value === 'number' ? [value] : [];
      }),
    );
  }

  private runSorted({ x, shares, answer, fail }: Lesson['quantilesAsked'][number]): void {
    const sort = async (): Promise<readonly number[]> => {
      const present = await this.number(sql`count(${x})`);
      if (present === 0) return [];
      const places = shares.map((share) => share * (present - 1));
      const ranks = [...new Set(places.flatMap((place) => [Math.floor(place), Math.ceil(place)]))];
      const rows = await this.group<{ r: number; x: number }>(
        sql`SELECT r, x FROM (SELECT x, row_number() OVER (ORDER BY x) - 1 AS r FROM (SELECT ${x} AS x FROM ${this.from}) WHERE x IS NOT NULL)
              WHERE r IN (SELECT unnest(${ranks})::BIGINT)`,
      );
      const at = new Map(rows.map(({ r, x: value }) => [r, value]));
      return places.map((place) => {
        const low = Math.floor(place);
        return at.get(low)! + (at.get(Math.ceil(place))! - at.get(low)!) * (place - low);
      });
    };
    sort().then(answer, fail);
  }

  private answer<Answer>(
    asked: readonly Asked<Answer>[],
    query: Sql,
    of: (rows: readonly TableRow[], index: number) => Answer,
  ): void {
    this.passes++;
    this.database.rows(query).then(
      (rows) => asked.forEach(({ answer }, i) => answer(of(rows, i))),
      (error: unknown) => asked.forEach(({ fail }) => fail(error)),
    );
  }
}

/** Values of a column as text, with how many rows have each, and how many have none. */
export interface Counts {
  readonly missing: number;
  readonly counts: ReadonlyMap<string, number>;
}
