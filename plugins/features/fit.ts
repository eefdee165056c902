import type { CallOptions, ColumnOf, Fit, Handle, JsonKind, RowOf, Table, Transform } from '../../core/index.js';
import { fitFeatures } from './contract.js';
import type { RecipeFor } from './recipe.js';
import type { MonitorReference } from './reference.js';

/** A fitted transform, and how its columns were distributed when it was fitted. */
export type FittedFeatures = Handle<Transform> & { readonly reference: Handle<JsonKind<MonitorReference>> };

/** Fits a recipe on the training part: `features.fit`, with the table's columns known by name. */
function fitOn<const T>(
  args: { readonly table: T & Fit<'features.fit', 'table', Table, T>; readonly recipe: RecipeFor<ColumnOf<RowOf<T>>> },
  options?: CallOptions,
): FittedFeatures {
  const { transform, reference } = fitFeatures(args as never, options);
  return { ...transform, reference };
}

// Spread, so that the contract's own, looser call is no second signature.
export const fit = Object.assign(fitOn, { ...fitFeatures });
