import { proxyActivities } from '@temporalio/workflow';

const { noop } = proxyActivities<{ noop(n: number): Promise<number> }>({ startToCloseTimeout: '1 minute' });

/** One Activity, as one writes it by hand. */
export async function once(n: number): Promise<number> {
  return noop(n);
}
