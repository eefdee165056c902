import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestText, type Digest } from './digest.js';
import {
  appended,
  countOf,
  folded,
  itemsBetween,
  nextFold,
  pagedCount,
  pagedList,
  reopened,
  type PagedList,
  type PageReader,
} from './paged-list.js';
import { jsonBytes } from './paging.js';

/** A store of pages that counts what is read. */
class Kept<T> implements PageReader<T> {
  readonly #pages = new Map<Digest, readonly unknown[]>();
  reads = 0;
  keep(items: readonly unknown[]): Digest {
    const digest = digestText(JSON.stringify(items));
    this.#pages.set(digest, items);
    return digest;
  }
  refs = async (page: Digest) => this.#read(page) as never;
  items = async (page: Digest) => this.#read(page) as never;
  #read(page: Digest): readonly unknown[] {
    this.reads++;
    return this.#pages.get(page)!;
  }
}

function shortened<T>(list: PagedList<T>, kept: Kept<T>, bytes: number): PagedList<T> {
  for (let fold; (fold = nextFold(list, bytes)); list = folded(list, fold, kept.keep(fold.items)));
  return list;
}

const grown = (count: number, bytes: number): { list: PagedList<number>; kept: Kept<number> } => {
  const kept = new Kept<number>();
  let list = pagedList<number>();
  for (let n = 0; n < count; n++) list = shortened(appended(list, n), kept, bytes);
  return { list, kept };
};

test('whatever is asked of a paged list is what a plain list says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 20 }), { maxLength: 300 }),
      fc.integer({ min: 10, max: 60 }),
      fc.nat(310),
      fc.nat(310),
      async (items, bytes, from, to) => {
        const kept = new Kept<string>();
        let list = pagedList<string>();
        for (const item of items) list = shortened(appended(list, item), kept, bytes);
        expect(countOf(list)).toBe(items.length);
        expect(await itemsBetween(list, 0, items.length, kept)).toEqual(items);
        expect(await itemsBetween(list, from, to, kept)).toEqual(items.slice(from, to));
      },
    ),
    { numRuns: 40 },
  );
});

test('what a process carries of a list does not grow with it, and one item takes as many reads as it has levels', async () => {
  const { list: short } = grown(2_000, 100);
  const { list, kept } = grown(40_000, 100);
  expect(pagedCount(list)).toBeGreaterThan(39_900);
  // Two levels of references and the open items, however full they happen to be.
  for (const one of [short, list]) expect(jsonBytes(one)).toBeLessThan(3 * 64 * 110 + 200);
  kept.reads = 0;
  expect(await itemsBetween(list, 17_000, 17_001, kept)).toEqual([17_000]);
  expect(kept.reads).toBeLessThanOrEqual(list.pages.length);
});

test('a list can be taken back from its end to its beginning', async () => {
  const { list: whole, kept } = grown(3_000, 100);
  let list = whole;
  for (let n = 2_999; n >= 0; n--) {
    while (list.open.length === 0) list = await reopened(list, kept);
    expect(list.open.at(-1)).toBe(n);
    list = { ...list, open: list.open.slice(0, -1) };
  }
  expect(countOf(list)).toBe(0);
  expect(await reopened(list, kept)).toEqual(list);
});

test('a page that was kept of what has changed meanwhile does not count', () => {
  const list = pagedList([{ n: 1 }, { n: 2 }, { n: 3 }]);
  const fold = nextFold(list, 20)!;
  expect(fold.items).toEqual([{ n: 1 }, { n: 2 }]);
  const taken = { ...list, open: [list.open[0]!] };
  expect(folded(taken, fold, digestText('page'))).toBe(taken);
  const more = appended(list, { n: 4 });
  expect(folded(more, fold, digestText('page'))).toEqual({
    pages: [[{ digest: digestText('page'), items: 2 }]],
    open: [{ n: 3 }, { n: 4 }],
  });
});
