import type { Lease } from './contract.js';

/** Who is looking at which item, and until when: found by item and by person. */
export class Leases {
  readonly #byItem = new Map<number, Map<string, number>>();
  readonly #byReviewer = new Map<string, Set<number>>();

  all(now: number): Lease[] {
    return [...this.#byItem].flatMap(([item, held]) =>
      [...held].filter(([, until]) => until > now).map(([reviewer, until]) => ({ item, reviewer, until })),
    );
  }

  /** The items that are kept for a reviewer at this time, in the order of the queue. */
  of(reviewer: string, now: number): number[] {
    return [...(this.#byReviewer.get(reviewer) ?? [])]
      .filter((item) => (this.#byItem.get(item)?.get(reviewer) ?? 0) > now)
      .sort((a, b) => a - b);
  }

  /** How many others look at an item at this time. */
  others(item: number, reviewer: string, now: number): number {
    let looking = 0;
    for (const [who, until] of this.#byItem.get(item) ?? []) if (who !== reviewer && until > now) looking++;
    return looking;
  }

  /** Keeps exactly these items for a reviewer. What has run out for others is forgotten with it. */
  keep(reviewer: string, items: readonly number[], now: number, until: number): void {
    for (const item of this.#byReviewer.get(reviewer) ?? []) this.drop(item, reviewer);
    for (const item of items) {
      for (const [who, ends] of this.#byItem.get(item) ?? []) if (ends <= now) this.drop(item, who);
      this.set(item, reviewer, until);
    }
  }

  set(item: number, reviewer: string, until: number): void {
    entry(this.#byItem, item, () => new Map<string, number>()).set(reviewer, until);
    entry(this.#byReviewer, reviewer, () => new Set<number>()).add(item);
  }

  drop(item: number, reviewer: string): void {
    const looking = this.#byItem.get(item);
    looking?.delete(reviewer);
    if (looking?.size === 0) this.#byItem.delete(item);
    const held = this.#byReviewer.get(reviewer);
    held?.delete(item);
    if (held?.size === 0) this.#byReviewer.delete(reviewer);
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
