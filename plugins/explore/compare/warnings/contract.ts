import type { WarningKind } from '../../warnings/contract.js';
import type { Compared } from '../comparison.js';

/** A kind of warning about two tables side by side. Columns are the table's; what is said names both sides. */
export type ComparisonWarning = WarningKind<Compared>;

/** Declares one. */
export function comparisonWarning(kind: ComparisonWarning): ComparisonWarning {
  return kind;
}
