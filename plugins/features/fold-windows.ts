import { setImmediate as turn } from 'node:timers/promises';
import { id, join, sql, type Column, type Database, type Sql, type TableRow } from '@trainyard/tables';
import { FOLD_COLUMNS, foldQuery, holdsValues, type HistoryQuery, type HistoryTake } from '@trainyard/transforms';

/** Additions between two looks at whether anyone still wants them. */
const TURN = 50e6;

/** Rows that are written at a time. */
const WRITTEN = 100_000;

/**
 * Sums, means and deviations of windows too wide to be held as lists: row by row, in the order of the key, over the values of one key,
 * which is 8 bytes a row and column. Values are added one by one from the earliest on, as the database adds lists and a request its
 * rows: the same bits. Gives the relation that has them, by `kept`.
 */
export async function foldWindows(
  database: Database,
  asked: HistoryQuery,
  from: Sql,
  kept: { readonly cell: Sql; readonly name: string },
  signal: AbortSignal,
): Promise<Sql> {
  const takes = asked.takes.filter(holdsValues);
  const { query, sources, spans } = foldQuery({ ...asked, takes }, from, kept.cell);
  const columns: Column[] = [
    { name: kept.name, type: 'integer' },
    ...takes.map(({ name }): Column => ({ name, type: 'number' })),
  ];
  const parts: Sql[] = [];
  let made: TableRow[] = [];
  const write = async (): Promise<void> => {
    const name = `folded windows ${parts.length}`;
    await database.insert(name, columns, made);
    parts.push(id(name));
    made = [];
  };
  let values = sources.map(() => new Grown());
  let added = 0;
  for await (const { rows, columns: numbers } of database.columnBatches(query)) {
    const of = (column: number): Float64Array => numbers[column] as Float64Array;
    const [nths, places, pasts] = [of(0), of(1), of(2)];
    for (let row = 0; row < rows; row++) {
      if (places[row] === 1) values = sources.map(() => new Grown());
      sources.forEach((_, i) => values[i]!.push(of(FOLD_COLUMNS + spans.length + i)[row]!));
      const one: Record<string, number | null> = { [kept.name]: nths[row]! };
      for (const take of takes) {
        const past = pasts[row]!;
        const first =
          take.within === undefined ? past - take.rows! : of(FOLD_COLUMNS + spans.indexOf(take.within))[row]!;
        one[take.name] = figure(take, values[sources.indexOf(take.of)]!.numbers, Math.max(0, first), past);
        added += Math.max(0, past - Math.max(0, first));
      }
      made.push(one);
      if (added > TURN) {
        added = 0;
        await turn();
        signal.throwIfAborted();
      }
    }
    if (made.length >= WRITTEN) await write();
  }
  if (made.length > 0 || parts.length === 0) await write();
  return sql`(${join(
    parts.map((part) => sql`FROM ${part}`),
    ' UNION ALL ',
  )})`;
}

/** Of the values from a place on up to another; those that are missing are NaN. Missing where there is none, or it is no number. */
function figure({ take }: HistoryTake, values: Float64Array, first: number, end: number): number | null {
  let [count, sum] = [0, 0];
  for (let i = first; i < end; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    sum = count === 0 ? value : sum + value;
    count++;
  }
  if (count === 0) return null;
  if (take === 'sum') return known(sum);
  const mean = sum / count;
  if (take === 'mean') return known(mean);
  let [squares, begun] = [0, false];
  for (let i = first; i < end; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    const square = (value - mean) * (value - mean);
    squares = begun ? squares + square : square;
    begun = true;
  }
  return known(Math.sqrt(squares / count));
}

const known = (number: number): number | null => (Number.isNaN(number) ? null : number);

/** Numbers that come one by one. */
class Grown {
  numbers = new Float64Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.numbers.length) {
      const more = new Float64Array(2 * this.#length);
      more.set(this.numbers);
      this.numbers = more;
    }
    this.numbers[this.#length++] = value;
  }
}
