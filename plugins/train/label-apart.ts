import { UserError } from '@trainyard/errors';
import { transformInputs, type FittedTransform } from '@trainyard/transforms';

/** Throws a UserError for a label that is a feature as well. */
export function requireNoLabel(transform: FittedTransform, label: string): void {
  if (!transformInputs(transform).some(({ name }) => name === label)) return;
  throw new UserError(`column "${label}" is the label and a feature at once`, {
    where: { port: 'prep', column: label },
    remedy: `say label: '${label}' in the recipe of features.fit, or leave the column out of it: the model would only learn to repeat it`,
  });
}
