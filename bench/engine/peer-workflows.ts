import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

/** How the Activities of a benchmark are written by hand: on a queue of so many slots, of the SDK's many, or local. */
export type ByHand = 'slots' | 'wide' | 'local';

export type Shape = 'chain' | 'map' | 'diamond';

/** The shapes of the benchmark as one writes them by hand: nothing is kept. */
interface Activities {
  noop(before: { n: number }): Promise<{ n: number }>;
  /** The longest way to here; when asked to fail, it does so once for each Workflow. */
  join(all: readonly { n: number }[], failing: boolean): Promise<{ n: number }>;
}

// Short, since a busy machine may lose an Activity on its way to the worker: it is given out again.
const startToCloseTimeout = '20 seconds';
const ways: Record<ByHand, Activities> = {
  slots: proxyActivities<Activities>({ taskQueue: 'by-hand.slots', startToCloseTimeout }),
  wide: proxyActivities<Activities>({ taskQueue: 'by-hand.wide', startToCloseTimeout }),
  local: proxyLocalActivities<Activities>({ startToCloseTimeout }),
};

export async function chainByHand(how: ByHand, count: number): Promise<number> {
  let last = { n: 0 };
  for (let index = 0; index < count; index++) last = await ways[how].noop(last);
  return last.n;
}

export async function mapByHand(how: ByHand, count: number): Promise<number> {
  const all = await Promise.all(Array.from({ length: count }, () => ways[how].noop({ n: 0 })));
  return all.reduce((sum, { n }) => sum + n, 0);
}

/** The shapes that orchestrators are compared by, of `count` nodes, on a queue of so many slots. */
export async function shapeByHand(shape: Shape, count: number, failing: boolean): Promise<number> {
  const { noop, join } = ways.slots;
  if (shape === 'chain') {
    let before: { n: number }[] = [];
    for (let index = 0; index < count - 1; index++) before = [await noop(before[0] ?? { n: 0 })];
    return (await join(before, failing)).n;
  }
  if (shape === 'map') return (await join(await sideBySide(count - 1), failing)).n;
  let top = await noop({ n: 0 });
  for (let index = 1; index + 2 < count; index += 3)
    top = await join(await Promise.all([noop(top), noop(top)]), failing && index + 3 === count);
  return top.n;
}

/** Temporal refuses more than 2,000 under way at once. */
const AT_ONCE = 1000;

async function sideBySide(count: number): Promise<{ n: number }[]> {
  const all: { n: number }[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      all[index] = await ways.slots.noop({ n: 0 });
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, lane));
  return all;
}
