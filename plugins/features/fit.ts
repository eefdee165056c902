import type {
  CallOptions,
  ColumnOf,
  Fit,
  Handle,
  JsonKind,
  Report,
  RowOf,
  Table,
  Transform,
} from '../../core/index.js';
import { fitFeatures } from './contract.js';
import type { RecipeFor } from './recipe.js';
import type { MonitorReference } from './reference.js';
import type { FitFigures } from './report.js';

/** A fitted transform, how its columns were distributed when it was fitted, and what was learnt of each. */
export type FittedFeatures = Handle<Transform> & {
  readonly reference: Handle<JsonKind<MonitorReference>>;
  readonly report: Handle<Report<FitFigures>>;
};

/** Fits a recipe on the training part: `features.fit`, with the table's columns, and those that the recipe makes, known by name. */
function fitOn<const T, const Derived extends string = never>(
  args: {
    readonly table: T & Fit<'features.fit', 'table', Table, T>;
    readonly recipe: RecipeFor<ColumnOf<RowOf<T>>, Derived>;
  },
  options?: CallOptions,
): FittedFeatures {
  const { transform, reference, report } = fitFeatures(args as never, options);
  return { ...transform, reference, report };
}

// Spread, so that the contract's own, looser call is no second signature.
export const fit = Object.assign(fitOn, { ...fitFeatures });
