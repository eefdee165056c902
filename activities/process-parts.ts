import type { TrainyardClient } from '../client/index.js';
import type { Store } from '../store/index.js';

/** What the Activities of the durable processes beside pipelines work with. */
export interface ProcessParts {
  readonly client: TrainyardClient;
  readonly store: Store;
}
