import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';

// The engine in miniature: lazy handles, identity by content, one computation for equal calls, found results, resume.
// When the real engine can no longer be told in these lines, its design has drifted.

type Json = null | number | string | readonly Json[] | { readonly [key: string]: Json };
interface Ref {
  readonly digest: string;
  readonly value: Json;
}
interface Handle extends PromiseLike<Ref> {
  readonly node: string;
}
type Work = (params: Json, inputs: readonly Json[]) => Json | Promise<Json>;

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** What outlives a run: results by key. */
class Store {
  readonly cache = new Map<string, Ref>();
}

/** One run: calls become handles at once, work starts when inputs are known, equal calls are one computation. */
class Engine {
  readonly executed: string[] = [];
  readonly found: string[] = [];
  readonly #computations = new Map<string, Promise<Ref>>();

  constructor(
    readonly store: Store,
    readonly works: Readonly<Record<string, Work>>,
  ) {}

  call(node: string, params: Json, ...inputs: Handle[]): Handle {
    const promise = this.#settle(node, params, inputs);
    promise.catch(() => undefined);
    return { node, then: promise.then.bind(promise) } as Handle;
  }

  async #settle(node: string, params: Json, inputs: readonly Handle[]): Promise<Ref> {
    const refs = await Promise.all(inputs.map(async (input) => await input));
    const key = digest([node, params, refs.map((ref) => ref.digest)]);
    let computation = this.#computations.get(key);
    if (!computation) this.#computations.set(key, (computation = this.#compute(key, node, params, refs)));
    return computation;
  }

  async #compute(key: string, node: string, params: Json, refs: readonly Ref[]): Promise<Ref> {
    const known = this.store.cache.get(key);
    if (known) {
      this.found.push(node);
      return known;
    }
    this.executed.push(node);
    const value = await (this.works[node] as Work)(
      params,
      refs.map((ref) => ref.value),
    );
    const ref = { digest: digest(value), value };
    this.store.cache.set(key, ref);
    return ref;
  }
}

let broken = true;
const works: Record<string, Work> = {
  load: (n) => n,
  add: async (by, [to]) => (
    await new Promise((wait) => setTimeout(wait, Math.abs(Number(by)))),
    Number(to) + Number(by)
  ),
  sum: (_, all) => all.reduce<number>((total, one) => total + Number(one), 0),
  fragile: (_, [one]) => {
    if (broken) throw new Error('broken');
    return Number(one) * 2;
  },
};

async function diamond(engine: Engine): Promise<Ref> {
  const raw = engine.call('load', 5);
  const left = engine.call('add', 3, raw);
  const right = engine.call('add', 1, raw);
  const again = engine.call('add', 1, engine.call('load', 5)); // equal to `right`: one computation
  return engine.call('fragile', null, engine.call('sum', null, left, right, again));
}

it('computes equal calls once, and a resumed run does what had not succeeded and nothing else', async () => {
  const store = new Store();
  const first = new Engine(store, works);
  await expect(diamond(first)).rejects.toThrow('broken');
  expect(first.executed.sort()).toEqual(['add', 'add', 'fragile', 'load', 'sum']);

  broken = false;
  const resumed = new Engine(store, works);
  const result = await diamond(resumed);
  expect(result.value).toBe(40);
  expect(resumed.executed).toEqual(['fragile']);
  expect(resumed.found.sort()).toEqual(['add', 'add', 'load', 'sum']);

  const clean = await diamond(new Engine(new Store(), works));
  expect(clean.digest).toBe(result.digest);
});
