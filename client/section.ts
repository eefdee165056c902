import type { Html } from '@trainyard/pages';
import { asPart, type Part } from '../core/part.js';
import type { SeenProcess } from './process-state.js';
import type { RunReader, RunView } from './run/run-view.js';

/** What a section is drawn of: what any program can read of a run. */
export interface SectionContent {
  readonly run: RunView;
  /** The store, to be read only, and Temporal where it answers. */
  readonly reader: RunReader;
  /** What the durable processes within the run say of themselves, by call. */
  readonly children: ReadonlyMap<string, SeenProcess>;
  /** The page's own moment, ms since the epoch. */
  readonly now: number;
  /** Whether the reader may decide: a key came with the request. */
  readonly canAct: boolean;
  /** What the address asks for: `?sort=-value0`. */
  readonly query: { readonly [name: string]: string };
}

/** A section of the run page as its author writes it. */
export interface SectionSpec {
  /** Unique among sections; also the address of its heading: `#section-sealed-test-sets`. */
  readonly name: string;
  /** Its heading. */
  readonly title: string;
  /** Where it stands. Default `after the graph`. */
  readonly place?: 'before the graph' | 'after the graph';
  /**
   * Draws it, or gives undefined where there is nothing to show of this run. Called in the server, every second while
   * somebody looks at a run that goes on; what takes longer than three seconds, or throws, is told in its own box. The
   * HTML is made with `html` of `trainyard/pages`, which escapes every value; anything else is shown as text. Pages have
   * no scripts and no styles but their own.
   */
  draw(content: SectionContent): Html | undefined | Promise<Html | undefined>;
}

/** A section of the run page that a plugin brings. */
export interface PageSection extends Part<'page section'>, SectionSpec {}

/** Declares a section of the run page. A plugin brings it by exporting it from its entry `./parts`. */
export function pageSection(spec: SectionSpec): PageSection {
  return asPart({ part: 'page section' as const, ...spec });
}
