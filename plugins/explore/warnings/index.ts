import type { Warning } from '../contract.js';
import type { Measured } from '../profile.js';
import { allMissing } from './all-missing.js';
import { constant } from './constant.js';
import type { WarningKind } from './contract.js';
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

export type { Finding, WarningKind } from './contract.js';

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

const WEIGHTS: readonly WarningKind['weight'][] = ['wrong', 'costly', 'worth knowing'];

/** What all kinds find in a profile, the worst first. */
export function warningsOf(profile: Measured, kinds = WARNINGS): Warning[] {
  return WEIGHTS.flatMap((weight) =>
    kinds
      .filter((one) => one.weight === weight)
      .flatMap(({ kind, find }) => find(profile).map(({ columns, said }) => ({ kind, columns: [...columns], said }))),
  );
}
