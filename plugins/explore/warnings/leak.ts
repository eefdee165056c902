import type { Association, Measured } from '../profile.js';
import { warningKind } from './contract.js';
import { MEASURES } from '../words.js';

const LEAST = 0.98;
/** Rows of a value, on average, from which on what it says of the label is no chance. */
const ROWS = 5;

export const leak = warningKind({
  kind: 'leak',
  weight: 'wrong',
  find(profile) {
    const { label, withLabel } = profile;
    const found = new Map<string, string>();
    for (const one of withLabel) {
      const feature = one.columns[0] === label ? one.columns[1] : one.columns[0];
      const value = strengthOf(one, feature, profile);
      if (value < LEAST || found.has(feature)) continue;
      const how = one.measure === 'mutual-information' ? 'share of its information' : MEASURES[one.measure];
      found.set(
        feature,
        `${feature} all but says the label (${how} ${(one.measure === 'mutual-information' ? value : one.value).toFixed(3)}): is it known when predicting?`,
      );
    }
    return [...found].map(([feature, said]) => ({ columns: [feature], said }));
  },
});

/** From 0 to 1; mutual information as the share of the label's entropy that the feature says. */
function strengthOf({ measure, value }: Association, feature: string, { classes, columns }: Measured): number {
  if (measure !== 'mutual-information') return Math.abs(value);
  const column = columns.find(({ name }) => name === feature);
  const rows = classes.reduce((sum, one) => sum + one.rows, 0);
  const entropy = classes.reduce((sum, one) => sum - (one.rows / rows) * Math.log(one.rows / rows), 0);
  // A value that few rows have says their label whatever it is.
  const telling = column && (column.kind !== 'categorical' || column.distinct * ROWS <= rows);
  return entropy > 0 && telling ? value / entropy : 0;
}
