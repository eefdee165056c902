/** Rows that are ranked among each other: how relevant each is (0: not at all), and the score that orders them, the highest first. */
export interface RankedGroup {
  readonly relevance: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
}

/**
 * Normalised discounted cumulative gain of the first `k` places (Järvelin and Kekäläinen 2002): gain = relevance, discount =
 * 1 ÷ log₂(place + 1), divided by that of the best order. Equal scores share their places (McSherry and Najork 2008), so no
 * order of rows shows. Undefined where nothing is relevant.
 */
export function ndcg(group: RankedGroup, k = Infinity): number | undefined {
  const { relevance } = group;
  const ideal = Array.from({ length: relevance.length }, (_, i) => relevance[i]!).sort((a, b) => b - a);
  const best = ideal.reduce((sum, gain, i) => sum + gain * discount(i, k), 0);
  if (!(best > 0)) return undefined;
  let gained = 0;
  for (const { from, to, rows } of ties(group)) {
    let discounts = 0;
    for (let place = from; place < to; place++) discounts += discount(place, k);
    gained += (rows.reduce((sum, row) => sum + relevance[row]!, 0) / rows.length) * discounts;
  }
  return gained / best;
}

/**
 * Average precision: mean, over the relevant rows, of the share of relevant rows down to each one's place. Equal scores count
 * as the last of their places. Undefined where nothing is relevant.
 */
export function averagePrecision(group: RankedGroup): number | undefined {
  let [found, total] = [0, 0];
  for (const { to, rows } of ties(group)) {
    const relevant = rows.filter((row) => group.relevance[row]! > 0).length;
    found += relevant;
    total += (relevant * found) / to;
  }
  return found === 0 ? undefined : total / found;
}

/** 1 ÷ place of the first relevant row, the last of its places where scores are equal. Undefined where nothing is relevant. */
export function reciprocalRank(group: RankedGroup): number | undefined {
  for (const { to, rows } of ties(group)) if (rows.some((row) => group.relevance[row]! > 0)) return 1 / to;
  return undefined;
}

const discount = (place: number, k: number): number => (place < k ? 1 / Math.log2(place + 2) : 0);

interface Tie {
  /** Places that the rows share, from 0: [from, to). */
  readonly from: number;
  readonly to: number;
  readonly rows: readonly number[];
}

function ties({ scores }: RankedGroup): Tie[] {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const found: Tie[] = [];
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    found.push({ from, to, rows: order.slice(from, to) });
    from = to;
  }
  return found;
}
