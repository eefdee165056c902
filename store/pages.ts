import { z } from 'zod';
import { isDigest, type Digest } from '../core/digest.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import { canonical } from '../core/json.js';
import { pageRefSchema, type PagedList, type PageReader } from '../core/paged-list.js';
import { readJsonBlob } from './blob-store.js';
import { sweepBefore, undisturbed } from './collect-beside.js';
import { each } from './map-concurrent.js';
import { segmentOf } from './keys.js';
import { createRecord, readRecord } from './record.js';
import { RECORDS } from './record-kinds.js';
import type { Store, StoreKey } from './store.js';
import type { PageNote } from '../core/records.js';

const pageSchema = z.object({ format: z.literal(1), process: z.string(), items: z.array(z.unknown()) });

/** Keeps a page of facts of a durable process: by content, however often it is asked; durable on return. */
export async function keepPage(store: Store, process: string, items: readonly unknown[]): Promise<Digest> {
  const body = Buffer.from(canonical({ format: 1, process, items }));
  for (;;) {
    const sweep = await sweepBefore(store);
    const { digest: page } = await store.putBlob(body);
    await createRecord(store, `pages/${segmentOf(process)}/${page}`, RECORDS.page, { process, page });
    if (await undisturbed(store, sweep)) return page;
  }
}

/** The facts in a page, each checked. Throws TY-STORE-MISSING or TY-STORE-DAMAGED. */
export async function readPage<T>(store: Store, page: Digest, item: z.ZodType<T>): Promise<readonly T[]> {
  const parsed = pageSchema.extend({ items: z.array(item) }).safeParse(await readWhole(store, page));
  if (parsed.success) return parsed.data.items;
  const [issue] = parsed.error.issues;
  throw new TrainyardError('TY-STORE-DAMAGED', {
    what: `${page} is no page of such facts as this version knows`,
    where: { field: issue?.path.join('.') ?? '' },
    expected: 'what a durable process has kept there',
    actual: issue?.message,
    remedy: NOWHERE_ELSE,
  });
}

const NOWHERE_ELSE =
  'put the blob back from a copy of the store: what a durable process has kept there is nowhere else';

async function readWhole(store: Store, page: Digest): Promise<unknown> {
  try {
    return await readJsonBlob(store, page);
  } catch (error) {
    if (!isTrainyardError(error) || !['TY-STORE-DAMAGED', 'TY-STORE-MISSING'].includes(error.code)) throw error;
    const { what, where } = error;
    throw new TrainyardError(error.code, {
      what: `a page of a durable process cannot be read: ${what}`,
      where: { ...where },
      remedy: NOWHERE_ELSE,
      cause: error,
    });
  }
}

/** Reads the pages of a list whose items are of this schema. */
export function pageReader<T>(store: Store, item: z.ZodType<T>): PageReader<T> {
  return {
    refs: (page) => readPage(store, page, pageRefSchema),
    items: (page) => readPage(store, page, item),
  };
}

/** Lists of `[key, what it stands for]` for which the last pages are remembered: they never change. */
const REMEMBERED = 200;
const known = new Map<string, Promise<ReadonlyMap<string, unknown>>>();

/** What a key stands for in the pages of a list of `[key, value]`; undefined when it is in none. Throws as `readPage`. */
export async function findInPages(store: Store, pages: PagedList<unknown>['pages'], key: string): Promise<unknown> {
  const look = async (page: Digest, level: number): Promise<unknown> => {
    if (level === 0) return (await keysOf(store, page)).get(key);
    return lookIn(
      (await readPage(store, page, pageRefSchema)).map(({ digest }) => digest),
      level - 1,
    );
  };
  const lookIn = async (found: readonly Digest[], level: number): Promise<unknown> =>
    (await each(found, (page) => look(page, level))).find((value) => value !== undefined);
  for (const [level, refs] of pages.entries()) {
    const value = await lookIn(
      refs.map(({ digest }) => digest),
      level,
    );
    if (value !== undefined) return value;
  }
  return undefined;
}

function keysOf(store: Store, page: Digest): Promise<ReadonlyMap<string, unknown>> {
  const name = `${store.name} ${page}`;
  const before = known.get(name);
  const keys = before ?? readPage(store, page, z.tuple([z.string(), z.unknown()])).then((items) => new Map(items));
  known.delete(name);
  known.set(name, keys);
  keys.catch(() => known.delete(name));
  for (const oldest of known.keys()) {
    if (known.size <= REMEMBERED) break;
    known.delete(oldest);
  }
  return keys;
}

/** The note of this key, as its page has it; undefined where that is lost too. */
export async function noteOfPage(store: Store, key: StoreKey): Promise<PageNote | undefined> {
  const page = key.split('/')[2];
  if (!RECORDS.page.key.test(key) || !isDigest(page) || (await store.blobSize(page)) === null) return undefined;
  try {
    return { process: pageSchema.parse(await readJsonBlob(store, page)).process, page };
  } catch (error) {
    if (isTrainyardError(error) || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** All that durable processes have noted, with the keys of the notes. */
export async function listPages(store: Store): Promise<(PageNote & { readonly key: StoreKey })[]> {
  const keys: StoreKey[] = [];
  for await (const { key } of store.list('pages/')) keys.push(key);
  const notes = await each(keys, async (key) => ({ key, note: await readRecord(store, key, RECORDS.page) }));
  return notes.flatMap(({ key, note }) => (note ? [{ key, ...note }] : []));
}
