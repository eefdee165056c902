import { z } from 'zod';
import { isDigest, type Digest } from './digest.js';
import { jsonBytes, pageEnd } from './paging.js';

/** A page of facts in the store, by content. */
export interface PageRef {
  readonly digest: Digest;
  /** Facts in it, or in the pages that it names. */
  readonly items: number;
}

/**
 * A list that only grows, of which a durable process keeps the newest items, and the store the others in pages. The
 * process stays small however long the list is: references to pages, once there are many, are a page themselves.
 */
export interface PagedList<T> {
  /** Pages of items, the newest last; behind them pages of references to older ones, and so on. */
  readonly pages: readonly (readonly PageRef[])[];
  /** The newest items. */
  readonly open: readonly T[];
}

/** What of a list is to become a page. */
export interface Fold {
  /** 0: items; above, references to pages of the level below. */
  readonly level: number;
  readonly items: readonly unknown[];
}

/** How pages are read: what references say is checked by who reads them from the store. */
export interface PageReader<T> {
  readonly refs: (page: Digest) => Promise<readonly PageRef[]>;
  readonly items: (page: Digest) => Promise<readonly T[]>;
}

export const pageRefSchema: z.ZodType<PageRef> = z.object({
  digest: z.custom<Digest>(isDigest),
  items: z.number().int().min(0),
});

/** Bytes of JSON that open items may have before the older ones become a page. */
export const OPEN_BYTES = 30_000;

/** References of one level that become a page. */
const MOST_REFS = 64;

export function pagedList<T>(open: readonly T[] = []): PagedList<T> {
  return { pages: [], open };
}

/** Items of a list that are in pages. */
export function pagedCount({ pages }: Pick<PagedList<unknown>, 'pages'>): number {
  return pages.flat().reduce((sum, { items }) => sum + items, 0);
}

export function countOf(list: PagedList<unknown>): number {
  return pagedCount(list) + list.open.length;
}

export function appended<T>(list: PagedList<T>, ...items: readonly T[]): PagedList<T> {
  return { ...list, open: [...list.open, ...items] };
}

/** What becomes a page next; undefined while the list is short enough. */
export function nextFold(list: PagedList<unknown>, bytes = OPEN_BYTES): Fold | undefined {
  const full = list.pages.findIndex((refs) => refs.length >= MOST_REFS);
  if (full >= 0) return { level: full + 1, items: list.pages[full]! };
  if (list.open.length < 2 || jsonBytes(list.open) <= bytes) return undefined;
  return { level: 0, items: list.open.slice(0, pageEnd(list.open, 0, bytes)) };
}

/** The list with a page in the place of what it holds; as it was when its head has changed since. */
export function folded<T>(list: PagedList<T>, { level, items }: Fold, digest: Digest): PagedList<T> {
  const from: readonly unknown[] = (level === 0 ? list.open : list.pages[level - 1]) ?? [];
  if (items.some((item, at) => item !== from[at])) return list;
  const count = level === 0 ? items.length : pagedCount({ pages: [items as readonly PageRef[]] });
  const pages = Array.from({ length: Math.max(list.pages.length, level + 1) }, (_, at) => list.pages[at] ?? []);
  pages[level] = [...pages[level]!, { digest, items: count }];
  if (level === 0) return { pages, open: list.open.slice(items.length) };
  pages[level - 1] = pages[level - 1]!.slice(items.length);
  return { pages, open: list.open };
}

/** The items from one place to another (exclusive), the oldest at 0; reads the pages only that hold them. */
export async function itemsBetween<T>(list: PagedList<T>, from: number, to: number, read: PageReader<T>): Promise<T[]> {
  const found: T[] = [];
  let at = 0;
  const visit = async ({ digest, items }: PageRef, level: number): Promise<void> => {
    if (at + items <= from || at >= to) {
      at += items;
      return;
    }
    if (level > 0) {
      for (const ref of await read.refs(digest)) await visit(ref, level - 1);
      return;
    }
    found.push(...(await read.items(digest)).slice(Math.max(0, from - at), Math.max(0, to - at)));
    at += items;
  };
  for (let level = list.pages.length - 1; level >= 0; level--)
    for (const ref of list.pages[level]!) await visit(ref, level);
  found.push(...list.open.slice(Math.max(0, from - at), Math.max(0, to - at)));
  return found;
}

/** The list with the items of its newest page open again. */
export async function reopened<T>(list: PagedList<T>, read: PageReader<T>): Promise<PagedList<T>> {
  const pages = list.pages.map((refs) => [...refs]);
  let level = pages.findIndex((refs) => refs.length > 0);
  if (level < 0) return list;
  for (; level > 0; level--) pages[level - 1] = [...(await read.refs(pages[level]!.pop()!.digest))];
  const items = await read.items(pages[0]!.pop()!.digest);
  return { pages, open: [...items, ...list.open] };
}
