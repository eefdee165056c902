import type { Digest } from '../../../core/digest.js';
import type { Store } from '../../../store/index.js';

/** A store to be tried: fresh and empty for each case. */
export interface StoreUnderTest {
  /** What `openStore` understands: other processes open the same store by it. */
  readonly url: string;
  readonly store: Store;
  /** Changes a byte of a stored blob behind the store's back; a store that cannot offer it skips the cases that need it. */
  damage?(digest: Digest): Promise<void>;
  /** A folder, for stores on a local disk. */
  readonly folder?: string;
}

/** One promise of a store. `run` throws an `AssertionError` when it is broken. */
export interface StoreCase {
  readonly name: string;
  readonly needs?: 'damage' | 'folder';
  run(subject: StoreUnderTest): Promise<void>;
}
