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

/** Rank of each: 0 for the front, 1 for the front of what is left, … */
export function dominationRanks(losses: readonly ArrayLike<number>[]): number[] {
  const n = losses.length;
  const above = new Array<number>(n).fill(0);
  const below: number[][] = losses.map(() => []);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const a = losses[i] as ArrayLike<number>;
      const b = losses[j] as ArrayLike<number>;
      if (dominates(a, b)) {
        below[i]?.push(j);
        above[j] = (above[j] as number) + 1;
      } else if (dominates(b, a)) {
        below[j]?.push(i);
        above[i] = (above[i] as number) + 1;
      }
    }
  }
  const ranks = new Array<number>(n).fill(0);
  let front = above.flatMap((count, i) => (count === 0 ? [i] : []));
  for (let rank = 0; front.length > 0; rank++) {
    const next: number[] = [];
    for (const i of front) {
      ranks[i] = rank;
      for (const j of below[i] as number[]) {
        above[j] = (above[j] as number) - 1;
        if (above[j] === 0) next.push(j);
      }
    }
    front = next;
  }
  return ranks;
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

function frontOf(points: readonly number[][]): number[][] {
  return points.filter(
    (p, i) => !points.some((q, j) => j !== i && (dominates(q, p) || (j < i && q.every((v, k) => v === p[k])))),
  );
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
