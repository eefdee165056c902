import type { Section } from '../../sections/contract.js';
import type { Comparison } from '../comparison.js';

export type { Charts } from '../../sections/contract.js';

/** A part of the page of two tables side by side. */
export type ComparisonSection = Section<Comparison>;

/** Declares one. */
export function comparisonSection(one: ComparisonSection): ComparisonSection {
  return one;
}
