import type { Digest } from '../../core/digest.js';
import type { Json } from '../../core/json.js';
import type { PagedList } from '../../core/paged-list.js';

/** Activities by which durable processes move old facts out of their state, and look at them again. */
export interface PageActivities {
  /** Keeps a page of facts of the process that asks; by content, so that asking again changes nothing. */
  'trainyard.keepPage'(items: readonly unknown[]): Promise<Digest>;
  /** The facts of a page. */
  'trainyard.readPage'(page: Digest): Promise<readonly Json[]>;
  /** What a key stands for in the pages of a list of `[key, value]`; null when it is in none. */
  'trainyard.findInPages'(pages: PagedList<unknown>['pages'], key: string): Promise<Json>;
}
