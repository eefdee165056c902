import { expect, it } from 'vitest';
import { SyncedFolders } from './synced-folders.js';

/** Syncs that end when told to, each with the names that were in the folder when it began. */
function byHand() {
  const names: string[] = [];
  const begun: { readonly folder: string; readonly names: readonly string[]; end: (error?: Error) => void }[] = [];
  const folders = new SyncedFolders(
    (folder) =>
      new Promise((done, failed) =>
        begun.push({ folder, names: [...names], end: (error) => (error ? failed(error) : done()) }),
      ),
  );
  const turn = (): Promise<void> => new Promise((go) => setImmediate(go));
  return { names, begun, folders, turn };
}

it('syncs at once where nothing is under way, and each folder by itself', async () => {
  const { begun, folders } = byHand();
  const all = [folders.sync('a'), folders.sync('b')];
  expect(begun.map(({ folder }) => folder)).toEqual(['a', 'b']);
  begun.forEach(({ end }) => end());
  await Promise.all(all);
});

it('never says of a name that it is durable by a sync that began before the name was there', async () => {
  const { names, begun, folders, turn } = byHand();
  const durable: string[] = [];
  const add = (name: string): Promise<void> => {
    names.push(name);
    return folders.sync('a').then(() => void durable.push(name));
  };
  const all = [add('first'), add('second'), add('third')];
  expect(begun).toHaveLength(1);
  begun[0]?.end();
  await turn();
  expect(durable).toEqual(['first']);
  // Both who asked meanwhile share one sync, and who asks while that is under way has another.
  expect(begun.map((one) => one.names)).toEqual([['first'], ['first', 'second', 'third']]);
  all.push(add('fourth'));
  begun[1]?.end();
  await turn();
  expect(durable).toEqual(['first', 'second', 'third']);
  expect(begun).toHaveLength(3);
  begun[2]?.end();
  await Promise.all(all);
  expect(begun).toHaveLength(3);
});

it('tells a failure to those whose sync it was, and to nobody else', async () => {
  const { begun, folders, turn } = byHand();
  const first = folders.sync('a');
  const second = folders.sync('a');
  begun[0]?.end(new Error('no disk'));
  await expect(first).rejects.toThrow('no disk');
  await turn();
  begun[1]?.end();
  await second;
  const third = folders.sync('a');
  begun[2]?.end();
  await third;
});
