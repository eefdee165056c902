import { UserError } from '@trainyard/errors';
import type { Label } from '../label.js';

/** Throws a UserError where the label is a number, or all rows are of one class. */
export function requireClasses(label: Label, by: string): Label {
  if ((label.classes?.length ?? 0) > 1) return label;
  throw new UserError(`the label "${label.column}" has no classes to tell apart`, {
    where: { column: label.column, field: 'recipe.select' },
    expected: `a label of two or more classes for { by: "${by}" }`,
    actual: label.classes ? 'one class' : 'numbers',
    remedy: label.classes ? 'leave the selection out' : 'labelAs: "classes", or select by { by: "anova" }',
  });
}
