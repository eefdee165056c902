/** Which texts stand for a missing cell. */
export interface MissingTexts {
  /** In any column. */
  readonly always: readonly string[];
  /** In columns that hold no numbers: there they are values, or faults. */
  readonly unlessNumber: readonly string[];
}

/**
 * The texts that stand for a missing cell: those given, in any column; without them, nothing, `NA` and `null` in any
 * column, and `NaN` in columns that hold no numbers. A NaN among numbers is a value of its own, not a missing one.
 */
export function missingTexts(given: readonly string[] | undefined): MissingTexts {
  if (given) return { always: given, unlessNumber: [] };
  return { always: ['', 'NA', 'null'], unlessNumber: ['NaN'] };
}

/** The texts that stand for a missing cell of a column. */
export function missingIn({ always, unlessNumber }: MissingTexts, holdsNumbers: boolean): readonly string[] {
  return holdsNumbers ? always : [...always, ...unlessNumber];
}
