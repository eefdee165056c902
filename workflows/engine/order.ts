import { CancellationScope, condition } from '@temporalio/workflow';
import type { GraphNode } from '../../core/graph.js';
import { goesFirst } from './answer-order.js';

/** How something ended: with what it gave, or with a failure. */
type End<T> = { readonly given: T } | { readonly failure: unknown };

/** Something that a pipeline waits for, on its way from being asked for to being seen to have ended. */
export interface Turn<T> {
  /** The call in the graph that it is, if it is one. */
  readonly node?: GraphNode | undefined;
  /** By which it is known in other parts of the run, and in other runs: a key, or words. */
  id?: string;
  /** Among what ended in the runs before; infinite for what has no place there. */
  place: number;
  /** Since when it has ended, and in which order what failed of one cause did. */
  seq: number;
  sub: number;
  end?: End<T>;
  out: boolean;
  /** Set once somebody waits for it. */
  show?: () => void;
  seen?: Promise<T>;
}

/**
 * The order in which a pipeline sees what it asked for end: that of the record, where there is one. Whoever comes first in
 * a `Promise.race`, or in a list that callbacks push into, is the same then when all is found at once. What a call gave is
 * used for others at once; only what the pipeline itself sees of it waits for its turn, and one turn ends, with all that
 * follows from it, before the next begins. Nothing waits for what has not been asked for, nor for people: only for what
 * is under way, and that needs no turn of anybody to end.
 */
export class Order {
  readonly #looking: () => boolean;
  /** Places of what ended before, in the part of the run or in the run that this one goes on from. */
  readonly #places = new Map<string, number>();
  #nextPlace = 0;
  #carried = false;
  /** What ended and has not been seen yet, the next one last. */
  readonly #ended: Turn<unknown>[] = [];
  /** What is under way and has a place: later ones wait for it. */
  readonly #open = new Set<Turn<unknown>>();
  #leastOpen = Infinity;
  readonly #passed = new Set<string>();
  /** What passed and has no place in what the run carries, or an earlier one. */
  readonly #news: string[] = [];
  #latestPlace = -1;
  readonly #failures = new WeakMap<object, Turn<unknown>>();
  readonly #asked = new Map<string, number>();
  #seq = 0;
  #waiting = 0;
  #showing = false;
  /** Counts what passed. */
  #count = 0;
  /** What ended beside the calls of the graph: children, answers of people, values that were read. */
  readonly others: [order: number, id: string][] = [];

  constructor(looking: () => boolean) {
    this.#looking = looking;
    goesFirst(() => this.#waiting > 0 && this.#next() !== undefined);
  }

  /** Takes places of former ends, in their order; the last one counts. `carried`: the run carries them already. */
  remember(ids: Iterable<string>, carried: boolean): void {
    for (const id of ids) this.#places.set(id, this.#nextPlace++);
    this.#carried ||= carried;
  }

  /** Whether nobody waits for what has ended. */
  get resting(): boolean {
    return this.#waiting === 0;
  }

  turn<T>(node?: GraphNode): Turn<T> {
    return { node, place: Infinity, seq: 0, sub: 0, out: false };
  }

  /** It is known what was asked for. `underWay`: it ends by itself, and what ended after it waits for it. */
  begins(turn: Turn<unknown>, id: string, underWay = true): void {
    turn.id ??= id;
    if (turn.end || this.#passed.has(turn.id)) return;
    turn.place = this.#places.get(turn.id) ?? Infinity;
    if (!underWay || turn.place === Infinity) return;
    this.#open.add(turn);
    this.#leastOpen = Math.min(this.#leastOpen, turn.place);
  }

  /** It waits for a person now: nothing waits for it. */
  rests(turn: Turn<unknown>): void {
    if (!this.#open.delete(turn) || turn.place > this.#leastOpen) return;
    this.#leastOpen = Infinity;
    for (const { place } of this.#open) this.#leastOpen = Math.min(this.#leastOpen, place);
  }

  /** It has ended. A failure of another, which it met as its input's, has the place of that. */
  ends<T>(turn: Turn<T>, end: End<T>): void {
    turn.end = end;
    this.rests(turn);
    const before = 'failure' in end ? this.#causeOf(turn, end.failure) : undefined;
    if (before) Object.assign(turn, { place: before.place, seq: before.seq });
    turn.sub = ++this.#seq;
    if (!before) turn.seq = turn.sub;
    // Another call of the same that had been seen to end: as if it were that one.
    if (turn.id !== undefined && this.#passed.has(turn.id)) return this.#pass(turn);
    this.#ended.splice(this.#indexOf(turn), 0, turn);
    if (turn.show) this.#awaited();
  }

  /** Resolves, or throws, when the pipeline may see how it ended. */
  sees<T>(turn: Turn<T>): Promise<T> {
    if (turn.seen) return turn.seen;
    turn.seen = new Promise((resolve, reject) => {
      turn.show = () => {
        const end = turn.end as End<T>;
        if ('given' in end) resolve(end.given);
        else reject(end.failure as Error);
      };
    });
    if (turn.out) turn.show?.();
    else if (turn.end) this.#awaited();
    return turn.seen;
  }

  /** What `work` gives, in its turn. Equal ids are told apart by how often they were asked for. */
  async inOrder<T>(id: string, underWay: boolean, work: () => Promise<T>): Promise<T> {
    const count = (this.#asked.get(id) ?? 0) + 1;
    this.#asked.set(id, count);
    const turn = this.turn<T>();
    this.begins(turn, count === 1 ? id : `${id} #${count}`, underWay);
    work().then(
      (given) => this.ends(turn, { given }),
      (failure: unknown) => this.ends(turn, { failure }),
    );
    return this.sees(turn);
  }

  /** Everything that has ended passes, since nobody waits any more. */
  finish(): void {
    this.#waiting = 0;
    for (let turn = this.#ended.pop(); turn; turn = this.#ended.pop()) this.#pass(turn);
  }

  /** The order as it has to join what the run carries: what has passed, what else has a place, what has ended. */
  fresh(): string[] {
    const left = this.#carried ? [] : [...this.#places].sort(([, a], [, b]) => a - b).map(([id]) => id);
    const ended = this.#ended.filter(({ place }) => place === Infinity).reverse();
    const ids = [...left.filter((id) => !this.#passed.has(id)), ...ended.map(({ id }) => id)];
    return [...this.#news, ...new Set(ids.filter((id) => id !== undefined))];
  }

  /** Who failed with this first. */
  #causeOf(turn: Turn<unknown>, failure: unknown): Turn<unknown> | undefined {
    if (typeof failure !== 'object' || failure === null) return undefined;
    const before = this.#failures.get(failure);
    if (!before) this.#failures.set(failure, turn);
    return before;
  }

  /** Where among what has ended it stands: those that come before it are after it. */
  #indexOf(turn: Turn<unknown>): number {
    let [low, high] = [0, this.#ended.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(turn, this.#ended[middle] as Turn<unknown>)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The next one that somebody waits for and that has to wait for nothing; those before that nobody waits for pass. */
  #next(): Turn<unknown> | undefined {
    for (let turn = this.#ended.at(-1); turn; turn = this.#ended.at(-1)) {
      // What has no place comes after all that may have one.
      const held = turn.place > this.#leastOpen || (turn.place === Infinity && this.#looking());
      if (held || turn.show) return held ? undefined : turn;
      this.#ended.pop();
      this.#pass(turn);
    }
    return undefined;
  }

  #pass(turn: Turn<unknown>): void {
    turn.out = true;
    if (turn.id !== undefined && !this.#passed.has(turn.id)) {
      this.#passed.add(turn.id);
      this.#count++;
      if (turn.node) turn.node.order = this.#count;
      else this.others.push([this.#count, turn.id]);
      if (!this.#carried || turn.place === Infinity || turn.place < this.#latestPlace) this.#news.push(turn.id);
      else this.#latestPlace = turn.place;
    }
    turn.show?.();
  }

  #awaited(): void {
    this.#waiting++;
    if (!this.#showing) void CancellationScope.nonCancellable(() => this.#showAll());
  }

  async #showAll(): Promise<void> {
    this.#showing = true;
    while (this.#waiting > 0) {
      // Conditions are looked at when all else has been done, and once when they are made: that does not count.
      let made = false;
      await condition(() => {
        const before = made;
        made = true;
        return before && this.#next() !== undefined;
      });
      const turn = this.#next();
      if (!turn) continue;
      this.#ended.pop();
      this.#waiting--;
      this.#pass(turn);
    }
    this.#showing = false;
  }
}

function isBefore(a: Turn<unknown>, b: Turn<unknown>): boolean {
  if (a.place !== b.place) return a.place < b.place;
  return a.seq === b.seq ? a.sub < b.sub : a.seq < b.seq;
}
