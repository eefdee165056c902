import type { Answer, FinalLabel } from './contract.js';

/** What stays known of an answer, also when its page is all that holds the rest. */
export type EnteredAnswer = Pick<Answer, 'item' | 'label' | 'reviewer' | 'ms' | 'requestId'>;

/** What is known of one item. */
export interface ItemState {
  /** The answers that count, one for each reviewer, in the order given. */
  readonly counting: Map<string, EnteredAnswer>;
  /** How many more answers it needs: 0 when it is settled. */
  missing: number;
}

/** Where each item stands, by its place in the queue. */
export class Items {
  readonly #all: readonly ItemState[];
  readonly #reviewers: number;

  constructor(items: number, reviewers: number) {
    this.#all = Array.from({ length: items }, () => ({ counting: new Map(), missing: reviewers }));
    this.#reviewers = reviewers;
  }

  of(item: number): ItemState | undefined {
    return this.#all[item];
  }

  /** How many more answers an item needs: up to the number of reviewers, then one at a time until more than half agree. */
  missing({ counting }: ItemState): number {
    const reviewers = this.#reviewers;
    if (counting.size < reviewers) return reviewers - counting.size;
    return leader(counting)[1] * 2 > counting.size || counting.size > 2 * reviewers ? 0 : 1;
  }

  /** What each item's label is by the answers so far: walks all items. */
  finals(): FinalLabel[] {
    return this.#all.map((_, item) => ({ item, ...settle(this.of(item)!) }));
  }
}

/** The label with the most answers and how many; of equals the one named first. */
function leader(answers: ItemState['counting']): readonly [label: string, votes: number] {
  const votes = new Map<string, number>();
  for (const { label } of answers.values()) votes.set(label, (votes.get(label) ?? 0) + 1);
  let best: readonly [string, number] = ['', 0];
  for (const entry of votes) if (entry[1] > best[1]) best = entry;
  return best;
}

function settle({ counting, missing }: ItemState): Omit<FinalLabel, 'item'> {
  if (missing > 0) return { label: null, how: 'unanswered' };
  const [label, votes] = leader(counting);
  if (votes === counting.size) return { label, how: 'agreed' };
  return votes * 2 > counting.size ? { label, how: 'majority' } : { label: null, how: 'tie' };
}
