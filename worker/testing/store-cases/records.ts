import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../../../core/digest.js';
import { isTrainyardError } from '@trainyard/errors';
import type { StoreCase } from './case.js';
import { race, start } from './processes.js';

const text = (body: Uint8Array | null): string | null => body && Buffer.from(body).toString();

/** Keys that could leave the store's folder, or that some disk or bucket cannot hold. */
const HOSTILE = [
  '',
  '/',
  '/etc/passwd',
  '..',
  '../x',
  'a/../../x',
  'a/./b',
  'a//b',
  'a/',
  'A',
  'a b',
  'a\\b',
  'a\0b',
  'a\nb',
  'ä',
  'a%2e',
  'a'.repeat(201),
];

export const recordCases: readonly StoreCase[] = [
  {
    name: 'the probe passes and leaves nothing behind',
    async run({ store }) {
      await store.probe();
      for await (const { key } of store.list('')) assert.fail(`${key} was left behind`);
    },
  },
  {
    name: 'create writes once, put replaces, get reads what was written last, remove may come twice',
    async run({ store }) {
      assert.equal(await store.get('a/b'), null);
      assert.equal(await store.create('a/b', Buffer.from('one')), true);
      assert.equal(await store.create('a/b', Buffer.from('two')), false);
      assert.equal(await store.create('a/b', Buffer.from('two'), { durable: false }), false);
      assert.equal(text(await store.get('a/b')), 'one');
      await store.put('a/b', Buffer.from('three'));
      assert.equal(text(await store.get('a/b')), 'three');
      await store.remove('a/b');
      await store.remove('a/b');
      assert.equal(await store.get('a/b'), null);
      assert.equal(await store.create('a/b', new Uint8Array(), { durable: false }), true);
      assert.equal(text(await store.get('a/b')), '');
    },
  },
  {
    name: 'what is created after something else is not there before, nor when that says no or fails',
    async run({ store }) {
      for (const durable of [true, false]) {
        const key = `after/${durable}`;
        let say = (_: boolean): void => undefined;
        const after = new Promise<boolean>((said) => (say = said));
        const created = store.create(key, Buffer.from('late'), { durable, after });
        await sleep(50);
        assert.equal(await store.get(key), null);
        say(true);
        assert.equal(await created, true);
        assert.equal(text(await store.get(key)), 'late');
        assert.equal(await store.create(key, Buffer.from('no'), { durable, after: Promise.resolve(true) }), false);
        const refused = { durable, after: Promise.resolve(false) };
        assert.equal(await store.create(`${key}-not`, Buffer.from('no'), refused), false);
        const failing = { durable, after: Promise.reject<boolean>(new Error('as planned')) };
        await assert.rejects(store.create(`${key}-not`, Buffer.from('no'), failing), /as planned/);
        assert.equal(await store.get(`${key}-not`), null);
        assert.equal(await store.create(`${key}-not`, Buffer.from('yes'), { durable }), true);
      }
    },
  },
  {
    name: 'of 50 processes that create the same key exactly one wins, and its bytes are kept',
    async run(subject) {
      const keys = Array.from({ length: 20 }, (_, index) => `race/${index}`);
      const { answers } = await race(subject, 50, 'create', (index) => ({ me: `<${index}>`, keys }));
      for (const key of keys) {
        const winners = answers.flatMap((won, index) => ((won as string[]).includes(key) ? [index] : []));
        assert.equal(winners.length, 1, `${key} was won by ${winners.join(', ')}`);
        assert.equal(text(await subject.store.get(key)), `<${winners[0]}>`.repeat(500));
      }
    },
  },
  {
    name: 'a record that is being replaced is read whole: the old one or the new one',
    async run(subject) {
      const bytes = 200_000;
      const other = await start(subject, 'put', { key: 'beat', bytes });
      try {
        await other.says('going');
        const seen = new Set<number>();
        for (let read = 0; read < 500 || (seen.size < 2 && read < 5000); read++) {
          const body = Buffer.from((await subject.store.get('beat'))!);
          assert.ok(body.equals(Buffer.alloc(bytes, body[0])), 'a part of a body, or two bodies mixed, was read');
          seen.add(body[0]!);
          if (read % 10 === 0) await sleep(1);
        }
        assert.ok(seen.size > 1, 'the record never changed while it was read');
      } finally {
        await other.kill();
      }
    },
  },
  {
    name: 'list gives every key below a prefix and no other, also those created side by side',
    async run({ store }) {
      const keys = Array.from({ length: 300 }, (_, index) => `list/${index % 7}/${index}`);
      await Promise.all(keys.map((key) => store.create(key, Buffer.from('12345'), { durable: false })));
      await store.put('listing', new Uint8Array(1));
      const listed: string[] = [];
      for await (const { key, size } of store.list('list/')) {
        assert.equal(size, 5);
        listed.push(key);
      }
      assert.deepEqual(listed.sort(), [...keys].sort());
      await Promise.all(keys.filter((_, index) => index % 2).map((key) => store.remove(key)));
      const left: string[] = [];
      for await (const { key } of store.list('list/3/')) left.push(key);
      assert.deepEqual(left.sort(), keys.filter((key, index) => index % 2 === 0 && key.startsWith('list/3/')).sort());
      for await (const { key } of store.list('list/none/')) assert.fail(`${key} is not below the prefix`);
    },
  },
  {
    name: 'hostile keys, prefixes and digests are refused by every method',
    async run({ store }) {
      const refused = async (what: string, act: () => Promise<unknown>): Promise<void> =>
        assert.rejects(act, (error) => isTrainyardError(error) && error.code === 'TY-STORE-KEY', what);
      for (const key of HOSTILE) {
        await refused(`create ${key}`, () => store.create(key, new Uint8Array(1)));
        await refused(`put ${key}`, () => store.put(key, new Uint8Array(1)));
        await refused(`get ${key}`, () => store.get(key));
        await refused(`remove ${key}`, () => store.remove(key));
        if (key !== '' && key !== 'a/')
          await refused(`list ${key}`, async () => store.list(key)[Symbol.asyncIterator]().next());
      }
      for (const wrong of ['sha256-../../x', `sha256-${'A'.repeat(64)}`, '', `sha256-${'0'.repeat(63)}`] as Digest[]) {
        await refused(`getBlob ${wrong}`, () => store.getBlob(wrong));
        await refused(`blobPath ${wrong}`, () => store.blobPath(wrong));
        await refused(`blobSize ${wrong}`, () => store.blobSize(wrong));
        await refused(`removeBlob ${wrong}`, () => store.removeBlob(wrong));
      }
      const longest = `${'a'.repeat(99)}/${'b'.repeat(100)}`;
      assert.equal(await store.create(longest, new Uint8Array(1)), true);
    },
  },
];
