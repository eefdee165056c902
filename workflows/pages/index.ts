import { proxyLocalActivities } from '@temporalio/workflow';
import { folded, nextFold, type PagedList, type PageReader, type PageRef } from '../../core/paged-list.js';
import type { PageActivities } from './contract.js';

// How a durable process keeps its state small. Each function asks for steps that are recorded: a process whose former
// histories have none asks `patched()` first.

let local: PageActivities | undefined;

/** Run in the Workflow worker and recorded as markers: pages themselves do not go through the history. */
export function pageActivities(): PageActivities {
  local ??= proxyLocalActivities<PageActivities>({
    startToCloseTimeout: '1 minute',
    retry: { initialInterval: '100ms', maximumInterval: '2s', maximumAttempts: 5 },
  });
  return local;
}

/**
 * Keeps the oldest open items of a list that is too long, or references to its pages; undefined when it is short
 * enough. What comes back puts the page into the list as it is by then: facts leave the state only after their page is
 * kept. Throws when the store does not take it: the list is as it was.
 */
export async function keepNext<T>(
  list: PagedList<T>,
  bytes?: number,
): Promise<((now: PagedList<T>) => PagedList<T>) | undefined> {
  const fold = nextFold(list, bytes);
  if (!fold) return undefined;
  const page = await pageActivities()['trainyard.keepPage'](fold.items);
  return (now) => folded(now, fold, page);
}

/** Reads pages in the Workflow: for the few facts that a decision needs. What it reads goes into the history. */
export function pagesInWorkflow<T>(): PageReader<T> {
  const read = pageActivities()['trainyard.readPage'];
  return {
    refs: async (page) => (await read(page)) as unknown as readonly PageRef[],
    items: async (page) => (await read(page)) as unknown as readonly T[],
  };
}
