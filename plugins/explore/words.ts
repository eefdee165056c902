import type { Association } from './profile.js';

/** A measure of association, as sentences name it. */
export const MEASURES: Readonly<Record<Association['measure'], string>> = {
  pearson: 'correlation',
  spearman: 'rank correlation',
  'cramers-v': "Cramér's V",
  'correlation-ratio': 'correlation ratio',
  'mutual-information': 'mutual information',
};

/** A share of rows, as sentences say it. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;
}
