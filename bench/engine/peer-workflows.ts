import { proxyActivities } from '@temporalio/workflow';

/** The shapes of the benchmark as one writes them by hand: Activities on another queue, nothing kept. */
interface ByHand {
  noop(before: { n: number }): Promise<{ n: number }>;
}

const { noop } = proxyActivities<ByHand>({ taskQueue: 'by-hand.cpu', startToCloseTimeout: '1 hour' });

export async function chainByHand(count: number): Promise<number> {
  let last = { n: 0 };
  for (let index = 0; index < count; index++) last = await noop(last);
  return last.n;
}

export async function mapByHand(count: number): Promise<number> {
  const all = await Promise.all(Array.from({ length: count }, () => noop({ n: 0 })));
  return all.reduce((sum, { n }) => sum + n, 0);
}
