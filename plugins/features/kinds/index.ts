import { categorical } from './categorical.js';
import type { FeatureKind } from './contract.js';
import { cyclic } from './cyclic.js';
import { groups } from './groups.js';
import { hashed } from './hashed.js';
import { numeric } from './numeric.js';
import { pass } from './pass.js';
import { text } from './text.js';

export { categorical, cyclic, groups, hashed, numeric, pass, text };
export type { FeatureKind, Fitted, Spec } from './contract.js';

/** Ways to make features, in the order in which the features of one column stand. */
export const FEATURE_KINDS: readonly FeatureKind[] = [numeric, categorical, pass, cyclic, text, hashed, groups];
