import type { Warning } from '../contract.js';
import type { Measured } from '../profile.js';
import { allMissing } from './all-missing.js';
import { constant } from './constant.js';
import { foundBy, type WarningKind } from './contract.js';
import { correlated } from './correlated.js';
import { duplicates } from './duplicates.js';
import { fewRows } from './few-rows.js';
import { identifier } from './identifier.js';
import { imbalance } from './imbalance.js';
import { leak } from './leak.js';
import { missing } from './missing.js';
import { notFinite } from './not-finite.js';
import { sharedRows } from './shared-rows.js';
import { skewed } from './skewed.js';
import { spellings } from './spellings.js';
import { timeGap } from './time-gap.js';

export { foundBy, type Finding, type WarningKind } from './contract.js';

/** All kinds of warnings; a new one is a file beside these, and a name here. */
export const WARNINGS: readonly WarningKind[] = [
  leak,
  sharedRows,
  identifier,
  allMissing,
  constant,
  missing,
  notFinite,
  spellings,
  imbalance,
  duplicates,
  correlated,
  skewed,
  timeGap,
  fewRows,
];

/** What all kinds find in a profile, the worst first. */
export function warningsOf(profile: Measured): Warning[] {
  return foundBy(WARNINGS, profile);
}
