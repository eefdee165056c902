import type { Digest } from '../core/digest.js';
import { addJournal, familyOf, type Named } from './collect-needs.js';
import { each } from './map-concurrent.js';
import { listPages } from './pages.js';
import type { Store, StoreKey } from './store.js';
import type { PageNote } from '../core/records.js';

type Listed = PageNote & { readonly key: StoreKey };

/**
 * The pages of durable processes, as a collector sees them: those of a run's children stay and go with the run, those
 * of others stay for as long as Temporal knows the process, open or closed.
 */
export class ProcessPages {
  readonly #store: Store;
  readonly #byFamily = new Map<string, Listed[]>();
  readonly #others = new Set<Listed>();

  readonly #released: ReadonlyMap<string, ReadonlySet<Digest>>;

  private constructor(store: Store, listed: readonly Listed[], released: ReadonlyMap<string, ReadonlySet<Digest>>) {
    this.#store = store;
    this.#released = released;
    for (const one of listed) {
      const family = familyOf(one.process);
      this.#byFamily.set(family, [...(this.#byFamily.get(family) ?? []), one]);
    }
  }

  /** `released`: artifacts that the pages of a process name and that it needs no more. */
  static async read(
    store: Store,
    released: ReadonlyMap<string, ReadonlySet<Digest>> = new Map(),
  ): Promise<ProcessPages> {
    return new ProcessPages(store, await listPages(store), released);
  }

  /** What the pages of a run's children name, themselves included. */
  async ofFamily(family: string): Promise<Named> {
    return this.#named(this.#byFamily.get(family) ?? []);
  }

  /** The same for processes that belong to none of these runs, as far as Temporal knows them. */
  async ofOthers(families: ReadonlySet<string>, isKnown: (process: string) => Promise<boolean>): Promise<Named> {
    const others = [...this.#byFamily].flatMap(([family, listed]) => (families.has(family) ? [] : listed));
    const names = [...new Set(others.map(({ process }) => process))];
    const known = new Set((await each(names, async (name) => ((await isKnown(name)) ? [name] : []))).flat());
    const kept = others.filter(({ process }) => known.has(process));
    for (const one of kept) this.#others.add(one);
    return this.#named(kept);
  }

  /** Keys of the notes of pages that go, once it is known which runs stay. */
  gone(families: ReadonlySet<string>): StoreKey[] {
    const listed = [...this.#byFamily].flatMap(([family, own]) => (families.has(family) ? [] : own));
    return listed.filter((one) => !this.#others.has(one)).map(({ key }) => key);
  }

  async #named(listed: readonly Listed[]): Promise<Named> {
    const named: Named = { artifacts: new Set<Digest>(), blobs: new Set<Digest>() };
    await each(listed, async ({ page, process }) => {
      const released = this.#released.get(process);
      const own: Named = { artifacts: new Set(), blobs: new Set() };
      await addJournal(this.#store, page, own);
      for (const digest of own.artifacts) if (!released?.has(digest)) named.artifacts.add(digest);
      for (const digest of own.blobs) if (!released?.has(digest)) named.blobs.add(digest);
    });
    return named;
  }
}
