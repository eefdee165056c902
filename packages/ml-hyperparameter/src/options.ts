/** Checks the options of a sampler or pruner given by name. */
import { SearchError, show } from './errors.js';

/** What an option takes, in words and as a test. */
export interface OptionRule {
  readonly expected: string;
  readonly holds: (value: number) => boolean;
}

/** A whole number of at least `least`. */
export const count = (least: number): OptionRule => ({
  expected: `a whole number of at least ${least}`,
  holds: (v) => Number.isSafeInteger(v) && v >= least,
});
/** A number over `low`. */
export const over = (low: number): OptionRule => ({
  expected: `a number over ${low}`,
  holds: (v) => v > low && v < Infinity,
});
/** A number of at least 0. */
export const notNegative: OptionRule = { expected: 'a number of at least 0', holds: (v) => v >= 0 && v < Infinity };
/** A number strictly between 0 and 1. */
export const share: OptionRule = { expected: 'a number between 0 and 1', holds: (v) => v > 0 && v < 1 };
/** A number from 0 to 1. */
export const part: OptionRule = { expected: 'a number from 0 to 1', holds: (v) => v >= 0 && v <= 1 };

/** Throws where a part has no option of a name, or an option has a value that it does not take. */
export function checkOptions(
  part: Readonly<{ name: string; inner?: unknown }>,
  rules: Readonly<Record<string, OptionRule>>,
): void {
  for (const [option, value] of Object.entries(part)) {
    if (option === 'name' || value === undefined) continue;
    const rule = Object.hasOwn(rules, option) ? rules[option] : undefined;
    if (rule === undefined) {
      throw new SearchError('MLH-BAD-OPTION', `"${part.name}" has no option "${option}"`, {
        expected: Object.keys(rules).join(', ') || 'no options',
      });
    }
    if (typeof value !== 'number' || !rule.holds(value)) {
      throw new SearchError('MLH-BAD-OPTION', `an option of "${part.name}" has a value that it does not take`, {
        at: option,
        expected: rule.expected,
        actual: show(value),
      });
    }
  }
}
