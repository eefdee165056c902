import { SearchError, show } from '../errors.js';

/** Throws unless an option is a whole number of at least `least`. */
export function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new SearchError('MLH-BAD-OPTION', `${name} is not a whole number`, {
      at: name,
      expected: `a whole number of at least ${least}`,
      actual: show(value),
    });
  }
}
