import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

/** How the Activities of a benchmark are written by hand: on a queue of so many slots, of the SDK's many, or local. */
export type ByHand = 'slots' | 'wide' | 'local';

/** The shapes of the benchmark as one writes them by hand: nothing is kept. */
interface Activities {
  noop(before: { n: number }): Promise<{ n: number }>;
}

const startToCloseTimeout = '1 hour';
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
