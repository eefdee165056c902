import { Artifacts, type Store } from '../../store/index.js';
import type { JsonKind, Ref } from '../../core/kinds.js';
import { parseReviewQueue, QUEUE_FILE, type ReviewQueue } from '../../core/review-queue.js';

/** Queues kept in memory: those of as many reviews as are worked on at once. */
const MOST_KEPT = 16;

/** The rows of reviews by the digest of their queue: read and checked once, since they never change. */
export class Queues {
  readonly #artifacts: Artifacts;
  readonly #kept = new Map<string, Promise<ReviewQueue>>();

  constructor(store: Store) {
    this.#artifacts = new Artifacts(store);
  }

  async get(ref: Ref<JsonKind>): Promise<ReviewQueue> {
    const kept = this.#kept.get(ref.digest) ?? this.#read(ref);
    // Put last: the first in the map is the one that was not asked for the longest.
    this.#kept.delete(ref.digest);
    this.#kept.set(ref.digest, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    try {
      return await kept;
    } catch (error) {
      this.#kept.delete(ref.digest);
      throw error;
    }
  }

  async #read(ref: Ref<JsonKind>): Promise<ReviewQueue> {
    const artifact = await this.#artifacts.open(ref);
    return parseReviewQueue(await artifact.text(QUEUE_FILE));
  }
}
