import type { Html } from '@trainyard/pages';
import type { Profile } from '../profile.js';

/** The chart makers; loaded when a page is drawn, and given to each section. */
export type Charts = typeof import('@trainyard/pages/charts');

/**
 * A part of the profile's page, with a heading of its own. It draws from the profile alone, gives the same bytes for the
 * same profile, and says nothing (`undefined`) where the profile has nothing for it. What is unbounded in a profile (columns,
 * warnings, classes) it bounds, and says so. Texts from the table go through `html`, which escapes them.
 */
export interface Section {
  readonly name: string;
  draw(profile: Profile, charts: Charts): Html | undefined;
}

/** Declares a section. */
export function section(one: Section): Section {
  return one;
}
