/** Several losses at once: who dominates whom, and how much of the space a front covers. Smaller is better. */

/** Whether `a` is nowhere worse than `b` and somewhere better. */
export function dominates(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  let better = false;
  for (let k = 0; k < a.length; k++) {
    if ((a[k] as number) > (b[k] as number)) return false;
    if ((a[k] as number) < (b[k] as number)) better = true;
  }
  return better;
}

/**
 * Rank of each: 0 for the front, 1 for the front of what is left, … Each is compared with those that may dominate it
 * alone, which stand before it by their first loss.
 * Source: Zhang et al., An efficient approach to nondominated sorting for evolutionary multiobjective optimization (2015).
 */
export function dominationRanks(losses: readonly ArrayLike<number>[]): number[] {
  const order = losses
    .map((_, i) => i)
    .sort((a, b) => byFirst(losses[a] as ArrayLike<number>, losses[b] as ArrayLike<number>) || a - b);
  const ranks = new Array<number>(losses.length).fill(0);
  const fronts: ArrayLike<number>[][] = [];
  for (const i of order) {
    const one = losses[i] as ArrayLike<number>;
    let rank = 0;
    while (rank < fronts.length && isDominated(one, fronts[rank] as ArrayLike<number>[])) rank++;
    (fronts[rank] ??= []).push(one);
    ranks[i] = rank;
  }
  return ranks;
}

/** Looks at the last first: they are the nearest, and the likeliest to dominate. */
function isDominated(one: ArrayLike<number>, by: readonly ArrayLike<number>[]): boolean {
  for (let k = by.length - 1; k >= 0; k--) if (dominates(by[k] as ArrayLike<number>, one)) return true;
  return false;
}

function byFirst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return (a[k] as number) - (b[k] as number);
  return 0;
}

/** Those that no other has dominated so far, kept as more come in. Equal ones stand side by side. */
export class Front<T> {
  #members: { readonly one: T; readonly losses: ArrayLike<number> }[] = [];

  /** In the order in which they came. */
  get members(): readonly T[] {
    return this.#members.map(({ one }) => one);
  }

  /** Takes one in, unless it is dominated; those that it dominates go. Gives whether it is in. */
  add(one: T, losses: ArrayLike<number>): boolean {
    if (this.#members.some((other) => dominates(other.losses, losses))) return false;
    this.#members = this.#members.filter((other) => !dominates(losses, other.losses));
    this.#members.push({ one, losses });
    return true;
  }
}

/** Crowding distance of each of a front's members; ends have infinity. Source: Deb et al., NSGA-II (2002). */
export function crowding(front: readonly ArrayLike<number>[]): number[] {
  const n = front.length;
  const distance = new Array<number>(n).fill(0);
  const objectives = front[0]?.length ?? 0;
  for (let k = 0; k < objectives; k++) {
    const at = (i: number): number => (front[i] as ArrayLike<number>)[k] as number;
    const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => at(a) - at(b) || a - b);
    const span = at(order[n - 1] as number) - at(order[0] as number);
    distance[order[0] as number] = Infinity;
    distance[order[n - 1] as number] = Infinity;
    if (span <= 0) continue;
    for (let p = 1; p < n - 1; p++) {
      const i = order[p] as number;
      distance[i] = (distance[i] as number) + (at(order[p + 1] as number) - at(order[p - 1] as number)) / span;
    }
  }
  return distance;
}

/**
 * Volume that the points dominate up to a reference; points that do not dominate the reference add nothing.
 * Source: While et al., A fast way of calculating exact hypervolumes (2012), and a sweep for two objectives.
 */
export function hypervolume(points: readonly ArrayLike<number>[], reference: ArrayLike<number>): number {
  const m = reference.length;
  const inside = points.map((p) => Array.from(p)).filter((p) => p.every((v, k) => v < (reference[k] as number)));
  return volume(frontOf(inside), Array.from(reference), m);
}

/** Points that no other dominates, each once. */
function frontOf(points: readonly number[][]): number[][] {
  let front: number[][] = [];
  for (const p of points) {
    // What dominates it, or equals it, is nowhere worse.
    if (front.some((q) => q.every((v, k) => v <= (p[k] as number)))) continue;
    front = front.filter((q) => !dominates(p, q));
    front.push(p);
  }
  return front;
}

function volume(front: number[][], reference: readonly number[], m: number): number {
  if (front.length === 0) return 0;
  if (m === 1) return (reference[0] as number) - Math.min(...front.map((p) => p[0] as number));
  const sorted = front
    .slice()
    .sort((a, b) => (a[0] as number) - (b[0] as number) || (a[1] as number) - (b[1] as number));
  if (m === 2) {
    let sum = 0;
    let ceiling = reference[1] as number;
    for (const [x, y] of sorted as [number, number][]) {
      if (y >= ceiling) continue;
      sum += ((reference[0] as number) - x) * (ceiling - y);
      ceiling = y;
    }
    return sum;
  }
  // Sum of what each point adds to those after it.
  return sorted.reduce((sum, p, i) => {
    const box = p.reduce((product, v, k) => product * ((reference[k] as number) - v), 1);
    const limited = sorted.slice(i + 1).map((q) => q.map((v, k) => Math.max(v, p[k] as number)));
    return sum + box - volume(frontOf(limited), reference, m);
  }, 0);
}
