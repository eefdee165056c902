import { condition, patched, proxyActivities } from '@temporalio/workflow';
import { countOf } from '../../core/paged-list.js';
import type { OutboxState, RegistryState } from './contract.js';

/** What is to be sent to receivers. */
export interface DeliveryAsk {
  readonly model: string;
  /** Lines of the history at the last look: a new receiver is told what came after. */
  readonly seen: number;
  /** Lines that each receiver has acknowledged. */
  readonly delivered: { readonly [hook: string]: number };
}

export interface Delivered {
  /** Lines of the history at this look. */
  readonly count: number;
  readonly hooks: { readonly [hook: string]: { readonly delivered: number; readonly problem?: string | undefined } };
}

export interface RegistryActivities {
  'trainyard.deliverModelEvents': (ask: DeliveryAsk) => Promise<Delivered>;
}

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
  const hasNew = (): boolean => countOf(get().history) > outbox().seen;
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
    const delivered = Object.fromEntries(Object.entries(hooks).map(([name, hook]) => [name, hook.delivered]));
    try {
      const told = await activities['trainyard.deliverModelEvents']({ model: get().name, seen, delivered });
      set({ ...get(), outbox: { seen: told.count, hooks: told.hooks } });
      wait = Object.values(told.hooks).some(({ problem }) => problem !== undefined) ? longer(wait) : 0;
    } catch {
      // No worker could look: nothing is lost, for nothing counts as told.
      wait = longer(wait);
    }
  }
}

function longer(wait: number): number {
  return Math.min(LONGEST_WAIT_MS, wait === 0 ? FIRST_WAIT_MS : 2 * wait);
}
