import { UserError } from '../../core/index.js';

/** A rule that does not fit a column, in words. */
export function notFor(rule: string, column: string, why: string): UserError {
  return new UserError(`rule "${rule}" does not fit column "${column}": ${why}`, { where: { column, field: 'rules' } });
}
