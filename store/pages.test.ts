import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { appended, folded, itemsBetween, nextFold, pagedList } from '../core/paged-list.js';
import { FileStore } from './files.js';
import { findInPages, keepPage, listPages, pageReader, readPage } from './pages.js';
import { scrub } from './scrub.js';

const store = new FileStore(mkdtempSync(path.join(tmpdir(), 'trainyard-pages-')));
afterAll(() => rmSync(store.name, { recursive: true, force: true }));

test('a page kept twice is one page, and its facts are checked by who reads them', async () => {
  const page = await keepPage(store, 'model/m', [{ n: 1 }, { n: 2 }]);
  expect(await keepPage(store, 'model/m', [{ n: 1 }, { n: 2 }])).toBe(page);
  expect(await readPage(store, page, z.object({ n: z.number() }))).toEqual([{ n: 1 }, { n: 2 }]);
  await expect(readPage(store, page, z.string())).rejects.toThrow(/is no page of such facts/);
  expect((await listPages(store)).map(({ process, page: kept }) => [process, kept])).toEqual([['model/m', page]]);
});

test('a key is found in whichever page it stands, and in none when it was never there', async () => {
  let list = pagedList<[string, number]>();
  for (let n = 0; n < 400; n++) {
    list = appended(list, [`key ${n}`, n]);
    for (let fold; (fold = nextFold(list, 50));) list = folded(list, fold, await keepPage(store, 'keys', fold.items));
  }
  expect(list.pages.length).toBe(2);
  const paged = 400 - list.open.length;
  for (const n of [0, 5, 200, paged - 1]) expect(await findInPages(store, list.pages, `key ${n}`)).toBe(n);
  expect(await findInPages(store, list.pages, `key ${paged}`)).toBeUndefined();
  const read = pageReader(store, z.tuple([z.string(), z.number()]));
  expect(await itemsBetween(list, 198, 200, read)).toEqual([
    ['key 198', 198],
    ['key 199', 199],
  ]);
});

test('a damaged note of a page is mended from the page', async () => {
  const page = await keepPage(store, 'Model/Other', ['fact']);
  const before = await listPages(store);
  const { key } = before.find((one) => one.page === page)!;
  writeFileSync(path.join(store.name, 'records', key), '');
  expect((await scrub(store)).badRecords).toMatchObject([{ key, mended: true }]);
  expect(await listPages(store)).toEqual(before);
});
