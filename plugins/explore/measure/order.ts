import { sql, type Sql } from '@trainyard/tables';
import type { Relation } from './relation.js';
import { edgesOf } from './steps.js';
import { unitOf } from './sums.js';

/** A column of doubles to take quantiles of. */
export interface Ordered {
  readonly x: Sql;
  readonly present: number;
  readonly min: number;
  readonly max: number;
}

/** Parts of as many values each that ranks are told by, where there are too many values to rank each. */
export const STEPS = 512;
/** The other shares that a profile asks for. */
const OTHERS = [0.01, 0.05, 0.95, 0.99];
const STEP_SHARES = Array.from({ length: STEPS - 1 }, (_, i) => (i + 1) / STEPS);
const SHARES = [...STEP_SHARES, ...OTHERS];
/** Different values of a column that are held at a time, with their counts: 128 MB. */
const HELD = 8e6;

/** What a column's values say in order. */
export interface Order {
  /** Different values. */
  readonly distinct: number;
  /** A quantile: of a share of 512 parts, or 0.01, 0.05, 0.95, 0.99. */
  at(share: number): number;
  /** Parts of about as many values each: their edges, and the values in each. `undefined` where too many values differ. */
  readonly steps: { readonly edges: readonly number[]; readonly rows: readonly number[] } | undefined;
}

const known = new WeakMap<Relation, Map<string, Promise<Order>>>();

/** Puts a column in order, once for all who ask: its different values come from the database one after the other, counted. */
export function orderOf(relation: Relation, column: Ordered, held = HELD): Promise<Order> {
  const orders = known.get(relation) ?? new Map<string, Promise<Order>>();
  known.set(relation, orders);
  const key = `${column.x.text} ${held}`;
  const order = orders.get(key) ?? inOrder(relation, column, held);
  orders.set(key, order);
  return order;
}

/** Values that follow each other, and how many values there are up to the end of each. */
interface Piece {
  readonly values: Float64Array;
  readonly upTo: Float64Array;
}

async function inOrder({ database, from }: Relation, column: Ordered, held: number): Promise<Order> {
  const places = SHARES.map((share) => share * (column.present - 1));
  const ranks = [...new Set(places.flatMap((place) => [Math.floor(place), Math.ceil(place)]))].sort((a, b) => a - b);
  const ranked = new Map<number, number>();
  let [pieces, distinct, before, next]: [Piece[] | undefined, number, number, number] = [[], 0, 0, 0];
  for await (const { rows, columns } of database.columnBatches(
    sql`SELECT x, count(*)::DOUBLE AS n FROM (SELECT ${column.x} AS x FROM ${from}) WHERE x IS NOT NULL GROUP BY x ORDER BY x`,
  )) {
    const [values, upTo] = columns as unknown as [Float64Array, Float64Array];
    for (let i = 0; i < rows; i++) {
      before += upTo[i]!;
      upTo[i] = before;
      for (; next < ranks.length && ranks[next]! < before; next++) ranked.set(ranks[next]!, values[i]!);
    }
    distinct += rows;
    if (distinct > held) pieces = undefined;
    pieces?.push({ values, upTo });
  }
  const quantiles = new Map(SHARES.map((share, i) => [share, between(column, ranked, places[i]!)]));
  const edges = edgesOf(
    STEP_SHARES.map((share) => quantiles.get(share)!),
    column.min,
  );
  return {
    distinct,
    at(share) {
      const quantile = quantiles.get(share);
      if (quantile === undefined) throw new Error(`no column is asked for its quantile of ${share}`);
      return quantile;
    },
    steps: pieces && column.present > 0 ? { edges, rows: countSteps(pieces, edges, before) } : undefined,
  };
}

/** As the database interpolates: of values near 1, in this order of operations. */
function between({ min, max }: Ordered, ranked: ReadonlyMap<number, number>, place: number): number {
  const unit = unitOf(Math.max(Math.abs(min), Math.abs(max)));
  const low = (ranked.get(Math.floor(place)) ?? 0) / unit;
  const high = (ranked.get(Math.ceil(place)) ?? 0) / unit;
  const part = place - Math.floor(place);
  const value = low * (1 - part) + high * part;
  return Math.min(max, Math.max(min, value * unit));
}

function countSteps(pieces: readonly Piece[], edges: readonly number[], all: number): number[] {
  const below = [...edges.map((edge) => countBelow(pieces, edge)), all];
  return below.map((count, i) => count - (below[i - 1] ?? 0));
}

function countBelow(pieces: readonly Piece[], edge: number): number {
  const piece = firstWhere(pieces.length, (i) => pieces[i]!.values.at(-1)! >= edge);
  if (piece === pieces.length) return pieces.at(-1)?.upTo.at(-1) ?? 0;
  const { values, upTo } = pieces[piece]!;
  const at = firstWhere(values.length, (i) => values[i]! >= edge);
  return upTo[at - 1] ?? pieces[piece - 1]?.upTo.at(-1) ?? 0;
}

/** The first place of so many for which something is true that stays true: found by halving; `length` where there is none. */
function firstWhere(length: number, holds: (i: number) => boolean): number {
  let [from, to] = [0, length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
