import { condition, isCancellation, patched, proxyActivities } from '@temporalio/workflow';
import { countOf } from '../../core/paged-list.js';
import type { OutboxState, RegistryActivities, RegistryState } from './contract.js';

/** A receiver that did not acknowledge is tried again after this time, then after twice as long, up to the longest; ms. */
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 600_000;

const activities = proxyActivities<RegistryActivities>({
  startToCloseTimeout: '60 seconds',
  heartbeatTimeout: '10 seconds',
  retry: { maximumAttempts: 1 },
});

const NONE: OutboxState = { seen: 0, hooks: {} };

/**
 * Tells receivers of each line of the history, in order, until each has acknowledged it: the registry remembers how far
 * each one is. Ends when `isDone` says so and nothing is on its way.
 */
export async function deliverEvents(
  get: () => RegistryState,
  set: (state: RegistryState) => void,
  isDone: () => boolean,
): Promise<void> {
  const outbox = (): OutboxState => get().outbox ?? NONE;
  // Lines at the last look, whether it told anybody or not.
  let looked = outbox().seen;
  const hasNew = (): boolean => countOf(get().history) > looked;
  const isBehind = (): boolean => Object.values(outbox().hooks).some(({ delivered }) => delivered < outbox().seen);
  for (let wait = 0; ;) {
    if (wait > 0) await condition(() => isDone() || hasNew(), wait);
    else if (!isBehind()) await condition(() => isDone() || hasNew());
    if (isDone()) return;
    if (!patched('18-registry-outbox')) {
      // A former release told nobody: what it did is repeated, and the next change is the first that is told.
      const before = get();
      await condition(() => isDone() || get() !== before);
      continue;
    }
    const { seen, hooks } = outbox();
    looked = countOf(get().history);
    const delivered = Object.fromEntries(Object.entries(hooks).map(([name, hook]) => [name, hook.delivered]));
    try {
      const told = await activities['trainyard.deliverModelEvents']({ model: get().name, seen, delivered });
      set({ ...get(), outbox: { seen: told.count, hooks: told.hooks } });
      looked = Math.max(looked, told.count);
      wait = Object.values(told.hooks).some(({ problem }) => problem !== undefined) ? longer(wait) : 0;
    } catch (error) {
      if (isCancellation(error)) throw error;
      // No worker could look: nothing is lost, for nothing counts as told.
      wait = longer(wait);
    }
  }
}

function longer(wait: number): number {
  return Math.min(LONGEST_WAIT_MS, wait === 0 ? FIRST_WAIT_MS : 2 * wait);
}
