import type { Html } from '@trainyard/pages';
import type { Profile } from '../profile.js';

/** The chart makers; loaded when a page is drawn, and given to each section. */
export type Charts = typeof import('@trainyard/pages/charts');

/**
 * A part of the page of a profile, or of a comparison of two, with a heading of its own. It draws from that alone, gives the same bytes for the
 * same figures, and says nothing (`undefined`) where there is nothing for it. What is unbounded there (columns,
 * warnings, classes) it bounds, and says so. Texts from the table go through `html`, which escapes them.
 */
export interface Section<Seen = Profile> {
  readonly name: string;
  draw(seen: Seen, charts: Charts): Html | undefined;
}

/** Declares a section. */
export function section(one: Section): Section {
  return one;
}
