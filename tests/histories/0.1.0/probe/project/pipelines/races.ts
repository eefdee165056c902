import { z } from 'zod';
import { map, pipeline, valueOf, type Handle } from 'trainyard';
import { effect, join, light, make, refuse, step } from '../nodes/probe/index.js';

type Num = Handle<ReturnType<typeof make>['artifact']>;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Rounds of lanes that race: chains of nodes that take time drawn by `draw`, light ones among them, some that fail in the end. What
 * is done after each round depends on who came first and on the order in which all ended, and so does the result.
 */
export const races = pipeline(
  'races',
  {
    params: z.object({ salt: z.string(), draw: z.number().int(), rounds: z.number().int().default(2) }),
  },
  async ({ salt, draw, rounds }) => {
    const random = randomFrom(draw);
    const told: string[] = [];
    let from: Num = make({ label: 'begin', n: 0, salt });
    const order = (label: string): Num => effect({ label, from, salt });
    for (let round = 1; round <= rounds; round++) {
      const ended: string[] = [];
      const lane = (name: string): Promise<string> => {
        const [length, fails, waits] = [1 + Math.floor(random() * 3), random() < 0.2, random() < 0.5];
        const links = Array.from({ length }, (_, index) => ({
          label: `${name} ${index + 1}`,
          light: random() < 0.3,
          ms: Math.floor(random() ** 2 * 400),
        }));
        const run = async (): Promise<string> => {
          let at = from;
          for (const { label, light: quick, ms } of links) {
            at = quick ? light({ label, from: at, salt }) : step({ label, from: at, ms, salt });
            if (waits) await at;
          }
          if (fails) at = refuse({ label: `${name} refuses`, from: at, salt });
          await at;
          ended.push(name);
          return name;
        };
        return run();
      };
      const lanes = Array.from({ length: 3 + Math.floor(random() * 3) }, (_, index) => lane(`${round}.${index + 1}`));
      const first = await Promise.race(lanes).catch((error: Error) => `nobody: ${error.name}`);
      await order(`${round} first ${first}`);
      const any = await Promise.any(lanes).catch(() => 'nobody');
      from = order(`${round} any ${any}`);
      if (random() < 0.5) await Promise.allSettled(lanes);
      from = order(`${round} ended ${ended.join(' ')}`);
      told.push(first, any, ...ended);
    }
    const last = await step({ label: 'last', from, salt });
    return { told, last };
  },
);

/** As many side by side as `count`: who came first, and the order in which the first ones ended, decides what follows. */
export const wideRace = pipeline(
  'wide-race',
  { params: z.object({ salt: z.string(), count: z.number().int() }) },
  async ({ salt, count }) => {
    const ended: number[] = [];
    const all = map(
      Array.from({ length: count }, (_, index) => index),
      async (index) => {
        // The first ones in the list take longest.
        const made = make({ label: `make ${index}`, n: index, ms: index < 10 ? 2_000 - 150 * index : 0, salt });
        await made;
        ended.push(index);
        return made;
      },
    );
    const winners = [...Array(10).keys()].map((index) =>
      make({ label: `make ${index}`, n: index, ms: 2_000 - 150 * index, salt }),
    );
    const first = await Promise.race(winners.map(async (one) => (await valueOf(one)).n));
    await effect({ label: `first ${first}`, salt });
    const made = await all;
    const sum = join({ label: 'sum', all: made, salt });
    await effect({
      label: `ended ${ended.filter((index) => index < 10).join(' ')}, last ${ended.at(-1)}`,
      from: sum,
      salt,
    });
    const last = await step({ label: 'last', from: sum, salt });
    return { first, ended, last };
  },
);
