import type { DurableProcess } from '../../client/process.js';
import type { SeenProcess } from '../../client/process-state.js';
import type { PageSection } from '../../client/section.js';
import type { RunView } from '../../client/run/run-view.js';
import type { Html } from '@trainyard/pages';
import type { ActionOptions } from './page-actions.js';

/** A section as it stands on a page. */
export interface DrawnSection extends Pick<PageSection, 'name' | 'place'> {
  /** Empty where there is nothing to show. */
  readonly html: Html;
}

/** What a run's page shows. */
export interface RunContent {
  readonly view: RunView;
  /** What the durable processes within it say of themselves, by call. */
  readonly children: ReadonlyMap<string, SeenProcess>;
  /** What these are, by name. */
  readonly processes: ReadonlyMap<string, DurableProcess>;
  /** Sections that plugins bring, as they were drawn. */
  readonly sections: readonly DrawnSection[];
}

export interface PageOptions extends ActionOptions {
  /** ms since the epoch. */
  readonly now: number;
  /** Address of the run in the Temporal UI. */
  readonly ui: string | undefined;
}
