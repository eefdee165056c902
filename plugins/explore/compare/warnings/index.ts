import type { Warning } from '../../contract.js';
import { foundBy } from '../../warnings/contract.js';
import type { Compared } from '../comparison.js';
import type { ComparisonWarning } from './contract.js';
import { drifted } from './drifted.js';
import { fewRows } from './few-rows.js';
import { lostCategory } from './lost-category.js';
import { missing } from './missing.js';
import { newCategory, newClass } from './new-values.js';
import { notFinite } from './not-finite.js';
import { oneSided } from './one-sided.js';
import { range } from './range.js';
import { sharedRows } from './shared-rows.js';
import { spellings } from './spellings.js';
import { types } from './types.js';

/** All kinds of warnings about two tables; a new one is a file beside these, and a name here. */
const WARNINGS: readonly ComparisonWarning[] = [
  types,
  newClass,
  sharedRows,
  oneSided,
  newCategory,
  spellings,
  missing,
  notFinite,
  drifted,
  range,
  lostCategory,
  fewRows,
];

/** What all kinds find in a comparison, the worst first. */
export function warningsOf(compared: Compared): Warning[] {
  return foundBy(WARNINGS, compared);
}
