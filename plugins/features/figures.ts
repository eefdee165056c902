import {
  exactParts,
  exactSum,
  id,
  join,
  sql,
  type Database,
  type Sql,
  type TableCell,
  type TableRow,
} from '@trainyard/tables/sql';
import { Answers } from './answers.js';

/** Aggregates that one query computes. */
const TERMS = 300;
/** Quantiles from which on sorting once costs less than picking each. */
const SORTED = 5;
/** Values whose quantiles a query holds at a time: 256 MB. */
const HELD = 32e6;

/** Rows up to which expressions are sorted as lists, which are in memory. */
const LISTED_ROWS = 200_000;

/** How rows are asked: what was told before, and what has to be there before they can be. */
export interface Asking {
  readonly answers: Answers;
  /** Makes the relation that is asked, once, where it has not been made. */
  readonly ready?: () => Promise<void>;
}

interface Asked<Answer> {
  readonly answer: (found: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * What is asked about rows, as aggregates. Figures that are asked for at the same time come of one pass over the rows, and each is
 * computed once. All of them are exact, or sums of whole numbers, so that neither threads nor the order of rows, nor which were
 * computed together, changes a bit; nor whether rows that are alike stand there one by one, or once with how many they are (`times`).
 */
export class Figures {
  private readonly figures = new Map<string, Promise<TableCell>>();
  private figuresAsked: (Asked<TableCell> & { readonly term: Sql })[] = [];
  private readonly quantiles = new Map<string, Promise<readonly number[]>>();
  private quantilesAsked: (Asked<readonly number[]> & { readonly x: Sql; readonly shares: readonly number[] })[] = [];
  private due = false;
  /** Queries that have run. */
  passes = 0;

  constructor(
    readonly database: Database,
    readonly from: Sql,
    /** Of the training part, whatever stands in `from`. */
    readonly rows: number,
    private readonly times?: Sql,
    readonly asking: Asking = { answers: Answers.none() },
  ) {}

  /** An aggregate over what stands in `from`, such as the least value: one that does not ask how often a row stands there. */
  figure(term: Sql): Promise<TableCell> {
    let found = this.figures.get(term.text);
    if (!found) {
      found = this.kept(`figure of ${this.from.text}: ${term.text}`, (answer, fail) => {
        this.figuresAsked.push({ term, answer, fail });
        this.flushSoon();
      });
      this.figures.set(term.text, found);
    }
    return found;
  }

  /** The same as a number; 0 where it is missing. */
  async number(term: Sql): Promise<number> {
    return Number((await this.figure(term)) ?? 0);
  }

  /** How many rows an expression has a value in. */
  count(x: Sql): Promise<number> {
    return this.number(this.times ? sql`sum(${this.times}) FILTER (WHERE ${x} IS NOT NULL)` : sql`count(${x})`);
  }

  /** How many rows a condition is true of. */
  countWhere(condition: Sql): Promise<number> {
    // A filter would hand on the columns of all terms for each of them.
    return this.number(this.times ? sql`sum(${this.times}) FILTER (WHERE ${condition})` : sql`count_if(${condition})`);
  }

  /** The sum of what lies within -1 and 1 (`exactSum`). */
  sum(value: Sql): Promise<number> {
    return this.number(exactSum(value, this.times));
  }

  /** Both parts of a sum of what lies within -2 and 2 (`exactParts`). */
  parts(value: Sql): Promise<readonly [high: TableCell, low: TableCell]> {
    const [high, low] = exactParts(value, this.times);
    return Promise.all([this.figure(high), this.figure(low)]);
  }

  /** Exact quantiles of a DOUBLE, by linear interpolation between ranks (Hyndman and Fan's type 7); empty where it has no values. */
  quantilesOf(x: Sql, shares: readonly number[]): Promise<readonly number[]> {
    const key = `${x.text}\n${shares.join(' ')}`;
    let found = this.quantiles.get(key);
    if (!found) {
      found = this.kept(`quantiles of ${this.from.text}: ${key}`, (answer, fail) => {
        this.quantilesAsked.push({ x, shares, answer, fail });
        this.flushSoon();
      });
      this.quantiles.set(key, found);
    }
    return found;
  }

  /** Rows of a query over `from`, such as one that groups it. */
  async group<Row extends object = TableRow>(query: Sql): Promise<Row[]> {
    return this.ask(query.text, () => this.database.rows<Row>(query));
  }

  /** An answer that follows from the rows alone. */
  ask<Answer>(question: string, find: () => Promise<Answer>): Promise<Answer> {
    return this.asking.answers.ask(question, () => this.look(find));
  }

  /** Looks at the rows, which are there then. */
  private async look<Answer>(find: () => Promise<Answer>): Promise<Answer> {
    this.passes++;
    await this.asking.ready?.();
    return find();
  }

  /** What was told before, or what asking gives. */
  private async kept<Answer>(
    question: string,
    ask: (answer: (found: Answer) => void, fail: (error: unknown) => void) => void,
  ): Promise<Answer> {
    const { answers } = this.asking;
    const told = answers.told<Answer>(question);
    return told ? told.answer : answers.tell(question, await new Promise<Answer>(ask));
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
      const ranked = ({ shares }: { readonly shares: readonly number[] }): boolean =>
        this.times !== undefined || shares.length >= SORTED;
      const many = quantiles.filter(ranked);
      const sorted = this.times === undefined && this.rows <= LISTED_ROWS ? many : [];
      const atOnce = Math.max(1, Math.floor(HELD / 4 / Math.max(1, this.rows)));
      for (let at = 0; at < sorted.length; at += atOnce) this.runSorted(sorted.slice(at, at + atOnce));
      if (sorted.length === 0) for (const one of many) this.runRanked(one);
      const few = quantiles.filter((one) => !ranked(one));
      const together = Math.max(1, Math.floor(HELD / Math.max(1, this.rows)));
      for (let at = 0; at < few.length; at += together) this.runQuantiles(few.slice(at, at + together));
    });
  }

  private runFigures(asked: Figures['figuresAsked']): void {
    const terms = asked.map(({ term }, i) => sql`${term} AS ${id(`f${i}`)}`);
    this.answer(asked, sql`SELECT ${join(terms)} FROM ${this.from}`, ([row = {}], i) => row[`f${i}`] ?? null);
  }

  private runQuantiles(asked: Figures['quantilesAsked']): void {
    const terms = asked.map(({ x, shares }, i) => sql`unnest(quantile_cont(${x}, ${shares})) AS ${id(`q${i}`)}`);
    this.answer(asked, sql`SELECT ${join(terms)} FROM ${this.from}`, (rows, i) =>
      rows.slice(0, asked[i]!.shares.length).flatMap((row) => {
        const value = row[`q${i}`];
        return typeof value === 'number' ? [value] : [];
      }),
    );
  }

  /** By sorting each expression as a list, several in one query: a query of its own for each takes longer than its sorting. */
  private runSorted(asked: Figures['quantilesAsked']): void {
    const find = async (): Promise<(readonly number[])[]> => {
      const present = await Promise.all(asked.map(({ x }) => this.count(x)));
      const ranks = asked.map(({ shares }, i) => ranksOf(shares, present[i]!));
      const terms = asked.map(({ x }, i) => {
        const places = join(ranks[i]!.map((rank) => sql`${BigInt(rank + 1)}`));
        return sql`unnest(list_select(list_sort(list(${x}), 'ASC', 'NULLS LAST'), [${places}])) AS ${id(`q${i}`)}`;
      });
      const rows = await this.look(() => this.database.rows(sql`SELECT ${join(terms)} FROM ${this.from}`));
      return asked.map(({ shares }, i) => {
        const at = new Map(ranks[i]!.map((rank, row) => [rank, rows[row]?.[`q${i}`] as number]));
        return interpolated(shares, present[i]!, at);
      });
    };
    find().then(
      (found) => asked.forEach(({ answer }, i) => answer(found[i]!)),
      (error: unknown) => asked.forEach(({ fail }) => fail(error)),
    );
  }

  private runRanked({ x, shares, answer, fail }: Figures['quantilesAsked'][number]): void {
    const find = async (): Promise<readonly number[]> => {
      const present = await this.count(x);
      if (present === 0) return [];
      const ranks = ranksOf(shares, present);
      const query = this.times ? this.atTimes(x, this.times, ranks) : this.atRanks(x, ranks);
      const rows = await this.look(() => this.database.rows<{ r: number; x: number }>(query));
      return interpolated(shares, present, new Map(rows.map(({ r, x: value }) => [r, value])));
    };
    find().then(answer, fail);
  }

  /** The values at ranks, from 0. */
  private atRanks(x: Sql, ranks: readonly number[]): Sql {
    return sql`SELECT r, x FROM (SELECT x, row_number() OVER (ORDER BY x) - 1 AS r FROM (SELECT ${x} AS x FROM ${this.from}) WHERE x IS NOT NULL)
               WHERE r IN (SELECT unnest(${ranks})::BIGINT)`;
  }

  private atTimes(x: Sql, times: Sql, ranks: readonly number[]): Sql {
    const counted = sql`SELECT ${x} AS x, sum(${times}) AS n FROM ${this.from} GROUP BY 1 HAVING x IS NOT NULL`;
    return sql`SELECT r, x FROM (SELECT x, sum(n) OVER (ORDER BY x)::BIGINT AS upto, n::BIGINT AS n FROM (${counted}))
               JOIN (SELECT unnest(${ranks})::BIGINT AS r) ON r < upto AND r >= upto - n`;
  }

  private answer<Answer>(
    asked: readonly Asked<Answer>[],
    query: Sql,
    of: (rows: readonly TableRow[], index: number) => Answer,
  ): void {
    this.look(() => this.database.rows(query)).then(
      (rows) => asked.forEach(({ answer }, i) => answer(of(rows, i))),
      (error: unknown) => asked.forEach(({ fail }) => fail(error)),
    );
  }
}

/** Ranks, from 0, that quantiles lie at or between; none of no values. */
function ranksOf(shares: readonly number[], present: number): number[] {
  if (present === 0) return [];
  const places = shares.map((share) => share * (present - 1));
  return [...new Set(places.flatMap((place) => [Math.floor(place), Math.ceil(place)]))];
}

/** The quantiles, by the values at their ranks. */
function interpolated(shares: readonly number[], present: number, at: ReadonlyMap<number, number>): readonly number[] {
  if (present === 0) return [];
  return shares.map((share) => {
    const place = share * (present - 1);
    const low = Math.floor(place);
    return at.get(low)! + (at.get(Math.ceil(place))! - at.get(low)!) * (place - low);
  });
}
