export { sayShare as percent } from '@trainyard/pages';
import type { Association, ColumnProfile } from './profile.js';

/** A measure of association, as sentences name it. */
export const MEASURES: Readonly<Record<Association['measure'], string>> = {
  pearson: 'correlation',
  spearman: 'rank correlation',
  'cramers-v': "Cramér's V",
  'correlation-ratio': 'correlation ratio',
  'mutual-information': 'mutual information',
};

/** How a date or a time is said, told in milliseconds since 1970: in UTC, to the minute. */
export function sayTime(type: ColumnProfile['type']): (ms: number) => string {
  return (ms) =>
    new Date(ms)
      .toISOString()
      .slice(0, type === 'date' ? 10 : 16)
      .replace('T', ' ');
}
