import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../../../core/digest.js';
import { Artifacts, commit, lookup, singleFlight, type CacheEntry, type Store } from '../../../store/index.js';
import type { StoreCase } from './case.js';
import { race, start } from './processes.js';

const keyOf = (text: string): Digest => `sha256-${createHash('sha256').update(text).digest('hex')}`;
const entry = (key: Digest, madeBy: string, outputs: CacheEntry['outputs'] = {}): CacheEntry => ({
  format: 1,
  key,
  node: 'toy.none',
  outputs,
  madeBy,
});

/** What this process does with a key: looks it up, or computes it at once. */
async function take(
  store: Store,
  key: Digest,
  leaseMs: number,
  me = 'here',
): Promise<{ value: string; found: boolean }> {
  return singleFlight(store, key, {
    leaseMs,
    pollMs: 20,
    found: async () => (await lookup(store, [key]))[0]?.madeBy ?? null,
    compute: async () => (await commit(store, entry(key, me))).madeBy,
  });
}

async function nothingReserved(store: Store): Promise<void> {
  for await (const { key } of store.list('resv/')) assert.fail(`${key} is left of a finished computation`);
}

export const flightCases: readonly StoreCase[] = [
  {
    name: 'the first commit of a key wins, the second gets the winner; unknown and damaged entries are misses',
    async run({ store }) {
      const key = keyOf('commit');
      assert.equal((await commit(store, entry(key, 'first'))).madeBy, 'first');
      assert.equal((await commit(store, entry(key, 'second'))).madeBy, 'first');
      assert.deepEqual(
        (await lookup(store, [keyOf('unknown'), key])).map((found) => found?.madeBy),
        [undefined, 'first'],
      );
      await store.put(`cache/${key}`, Buffer.from('{"format":1,"key"'));
      assert.deepEqual(await lookup(store, [key]), [null]);
      assert.equal((await commit(store, entry(key, 'third'))).madeBy, 'third');
      assert.equal((await lookup(store, [key]))[0]?.madeBy, 'third');
    },
  },
  {
    name: 'an entry whose output is gone is a miss, and another result may take its place',
    async run({ store }) {
      const artifacts = new Artifacts(store);
      const key = keyOf('gone');
      const out = await artifacts.write('json', { value: 1 as never });
      await commit(store, entry(key, 'first', { out }));
      await store.removeBlob(out.digest);
      assert.deepEqual(await lookup(store, [key]), [null]);
      const other = await artifacts.write('json', { value: 2 as never });
      const won = await commit(store, entry(key, 'second', { out: other }));
      assert.equal(won.madeBy, 'second');
      assert.deepEqual(await lookup(store, [key]), [won]);
    },
  },
  {
    name: 'of 20 processes that want one key one computes, and all get its value',
    async run(subject) {
      const key = keyOf('crowd');
      const { answers, others } = await race(subject, 20, 'flight', (index) => ({
        key,
        me: `p${index}`,
        ms: 300,
        leaseMs: 20_000,
      }));
      assert.equal(new Set(answers).size, 1, `different values: ${answers.join(', ')}`);
      assert.equal(others.filter(({ said }) => said.includes('computing')).length, 1);
      await nothingReserved(subject.store);
    },
  },
  {
    name: 'when the holder is killed another takes over after the lease, not before',
    async run(subject) {
      const key = keyOf('killed');
      const holder = await start(subject, 'flight', { key, me: 'holder', ms: 60_000, leaseMs: 1500 });
      try {
        holder.go();
        await holder.says('computing');
        let taken = false;
        const waiting = take(subject.store, key, 1500).then((result) => ((taken = true), result));
        await sleep(2500);
        assert.equal(taken, false, 'a living holder lost its reservation');
        await holder.kill();
        const killed = performance.now();
        assert.deepEqual(await waiting, { value: 'here', found: false });
        assert.ok(performance.now() - killed > 700, 'it was taken over before its lease was over');
        await nothingReserved(subject.store);
      } finally {
        await holder.kill();
      }
    },
  },
  {
    name: 'a holder that was stopped, lost its lease and goes on commits nothing and takes the value of the one after it',
    async run(subject) {
      const key = keyOf('zombie');
      const zombie = await start(subject, 'flight', { key, me: 'zombie', ms: 2000, leaseMs: 400 });
      try {
        zombie.go();
        await zombie.says('computing');
        zombie.process.kill('SIGSTOP');
        assert.deepEqual(await take(subject.store, key, 400), { value: 'here', found: false });
        zombie.process.kill('SIGCONT');
        assert.equal(await zombie.done, 'here');
        assert.equal((await lookup(subject.store, [key]))[0]?.madeBy, 'here');
        await nothingReserved(subject.store);
      } finally {
        await zombie.kill();
      }
    },
  },
  {
    name: 'a result that is committed between the last look and the reservation is used, not computed again',
    async run({ store }) {
      const key = keyOf('between');
      // A holder that failed: the next one looks before it takes its place.
      await store.create(`resv/${key}~1`, new Uint8Array(1));
      await store.put(`resv/${key}~1.end`, new Uint8Array(1));
      let looks = 0;
      const result = await singleFlight(store, key, {
        found: async () => (++looks === 1 ? null : 'theirs'),
        compute: async () => assert.fail('it was there already'),
      });
      assert.deepEqual(result, { value: 'theirs', found: true });
      await nothingReserved(store);
    },
  },
  {
    name: 'a result that was committed before its key is reserved for the first time is used, not computed again',
    async run({ store }) {
      const key = keyOf('before');
      const looks = singleFlight(store, key, {
        found: async () => {
          for await (const _ of store.list('resv/')) return 'theirs';
          return null;
        },
        compute: async () => assert.fail('it was there before the key was reserved'),
      });
      assert.deepEqual(await looks, { value: 'theirs', found: true });
      await nothingReserved(store);
    },
  },
  {
    name: 'a computation that fails frees its key at once',
    async run({ store }) {
      const key = keyOf('failing');
      const failing = singleFlight(store, key, {
        leaseMs: 60_000,
        found: async () => null,
        compute: async () => Promise.reject(new Error('no luck')),
      });
      await assert.rejects(failing, /no luck/);
      assert.deepEqual(await take(store, key, 60_000), { value: 'here', found: false });
      await nothingReserved(store);
    },
  },
  {
    name: 'waiting for a reservation ends when it is told to',
    async run({ store }) {
      const key = keyOf('waiting');
      await store.create(`resv/${key}~1`, new Uint8Array(1));
      const stop = new AbortController();
      const waiting = singleFlight(store, key, {
        signal: stop.signal,
        found: async () => null,
        compute: async () => assert.fail('the reservation is held by another'),
      });
      setTimeout(() => stop.abort(new Error('told to')), 50);
      await assert.rejects(waiting, /told to/);
    },
  },
  {
    name: 'state is judged by the own clock alone: a holder whose clock is wrong keeps its reservation while it beats',
    async run({ store }) {
      const key = keyOf('clock');
      await store.create(`resv/${key}~1`, new Uint8Array(1));
      let now = 0;
      let beats = 0;
      const clock = {
        now: () => now,
        sleep: async () => {
          now += 60;
          // The other holder beats five times, then is silent.
          if (beats < 5) await store.put(`resv/${key}~1.hb`, Buffer.from(String(++beats)));
        },
      };
      const result = await singleFlight(store, key, {
        leaseMs: 100,
        clock: {
          ...clock,
          sleep: async (ms, signal) => (ms === 25 ? sleep(ms, undefined, { signal: signal! }) : clock.sleep()),
        },
        found: async () => null,
        compute: async () => 'taken over',
      });
      assert.deepEqual(result, { value: 'taken over', found: false });
      assert.equal(beats, 5);
      assert.ok(now >= 400 && now <= 480, `taken over at ${now}`);
    },
  },
];
