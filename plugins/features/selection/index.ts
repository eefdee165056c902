import { z } from 'zod';
import { anova } from './anova.js';
import { backward } from './backward.js';
import { chiSquared } from './chi-squared.js';
import type { Selector } from './contract.js';
import { correlation } from './correlation.js';
import { forward } from './forward.js';
import { l1 } from './l1.js';
import { mutualInformation } from './mutual-information.js';
import { recursive } from './recursive.js';
import { tree } from './tree.js';
import { variance } from './variance.js';

export { sampleOf, type Sample } from './sample.js';

/** Ways to choose features, in the order of the documentation. One more is a file here and two lines below. */
const SELECTORS: readonly Selector[] = [
  variance,
  correlation,
  chiSquared,
  anova,
  mutualInformation,
  l1,
  tree,
  forward,
  backward,
  recursive,
];

/** A choice among the features that those before it left. */
export const selection = z.discriminatedUnion('by', [
  variance.schema,
  correlation.schema,
  chiSquared.schema,
  anova.schema,
  mutualInformation.schema,
  l1.schema,
  tree.schema,
  forward.schema,
  backward.schema,
  recursive.schema,
]);

export type SelectionInput = z.input<typeof selection>;

export function selectorNamed(by: string): Selector {
  return SELECTORS.find(({ schema }) => (schema.shape['by'] as z.ZodLiteral<string>).value === by)!;
}
