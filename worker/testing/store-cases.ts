import { blobCases } from './store-cases/blobs.js';
import type { StoreCase } from './store-cases/case.js';
import { flightCases } from './store-cases/flights.js';
import { historyCases } from './store-cases/history.js';
import { recordCases } from './store-cases/records.js';

export type { StoreCase, StoreUnderTest } from './store-cases/case.js';

/**
 * What every store must promise, as a list to run against it: each case wants a fresh, empty store.
 *
 * ```ts
 * for (const one of storeCases) test(one.name, () => one.run({ url, store: openStore(url) }));
 * ```
 */
export const storeCases: readonly StoreCase[] = [...recordCases, ...blobCases, ...flightCases, ...historyCases];
