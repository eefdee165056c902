import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../../../core/digest.js';
import type { Json } from '../../../core/json.js';
import { isTrainyardError } from '@trainyard/errors';
import { openStore } from '../../../store/index.js';
import type { CacheEntry, Store } from '../../../store/index.js';

/** What another process does to a store, by name. Each says what it has to say as one line of JSON on its output. */
const ACTIONS: Readonly<Record<string, (store: Store, args: never) => Promise<Json | void>>> = {
  /** Waits for the start, then tries to create each key with its own name as the body; says which it won. */
  async create(store, { me, keys }: { me: string; keys: string[] }) {
    await started();
    const won: string[] = [];
    for (const key of keys) if (await store.create(key, Buffer.from(me.repeat(500)))) won.push(key);
    return won;
  },
  /** Stores blobs of `bytes` bytes, each another one, until it is killed. */
  async blobs(store, { bytes, first }: { bytes: number; first: number }) {
    say('going');
    for (let seed = first; ; seed++) {
      await store.putBlob(new Uint8Array(bytes).fill(seed % 251).fill(seed, 0, 4));
      say('stored');
    }
  },
  /** Stores one blob given by its size and filling, after the start. */
  async blob(store, { bytes, fill }: { bytes: number; fill: number }) {
    await started();
    return (await store.putBlob(new Uint8Array(bytes).fill(fill))).created;
  },
  /** Replaces a record again and again by bodies of one letter each, until it is killed. */
  async put(store, { key, bytes }: { key: string; bytes: number }) {
    for (let turn = 0; ; turn++) {
      await store.put(key, Buffer.alloc(bytes, 'abcdefgh'[turn % 8]));
      if (turn === 0) say('going');
    }
  },
  /** Takes part in a single flight whose computation takes `ms`; says the value that it ended with. */
  async flight(store, { key, me, ms, leaseMs }: { key: Digest; me: string; ms: number; leaseMs: number }) {
    // Loaded here alone: fifty processes that only create records start in half the time without it.
    const { commit, lookup, singleFlight } = await import('../../../store/index.js');
    await started();
    const result = await singleFlight(store, key, {
      leaseMs,
      pollMs: 50,
      found: async () => (await lookup(store, [key]))[0]?.madeBy ?? null,
      compute: async () => {
        say('computing');
        await sleep(ms);
        return (await commit(store, emptyEntry(key, me))).madeBy;
      },
    });
    return result.value;
  },
  /** Stores a blob that there is no space for; says the error and whether the process could go on. */
  async fill(store, { bytes }: { bytes: number }) {
    const small = await store.putBlob(Buffer.from('small'));
    const error: unknown = await store.putBlob(new Uint8Array(bytes).fill(7)).catch((thrown: unknown) => thrown);
    const again = await store.blobSize(small.digest);
    return isTrainyardError(error) ? { code: error.code, message: error.message, again } : { error: String(error) };
  },
};

/** An entry for a node without outputs. */
export function emptyEntry(key: Digest, madeBy: string): CacheEntry {
  return { format: 1, key, node: 'toy.none', outputs: {}, madeBy };
}

/** Waits for the start: until its input ends. */
async function started(): Promise<void> {
  say('ready');
  for await (const _ of process.stdin);
}

function say(line: Json): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const [url, action, args] = process.argv.slice(2);
if (url !== undefined && action !== undefined && ACTIONS[action]) {
  const answer = await ACTIONS[action](openStore(url), JSON.parse(args ?? '{}') as never);
  say({ done: answer ?? null });
}
