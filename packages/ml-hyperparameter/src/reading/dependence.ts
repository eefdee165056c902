import { SearchError, show } from '../errors.js';
import { valueAt } from '../space/compile.js';
import type { Choice } from '../space/index.js';
import type { Study } from '../study/study.js';
import { forestValue, growForest } from './forest.js';
import { tableOf } from './importance.js';

/** Expected objective along one parameter, the others averaged over the trials. */
export interface Dependence {
  readonly name: string;
  readonly values: readonly Choice[];
  readonly means: readonly number[];
}

/** Expected objective over two parameters: `means[j][i]` at `x[i]`, `y[j]`. */
export interface Contour {
  readonly names: readonly [string, string];
  readonly x: readonly Choice[];
  readonly y: readonly Choice[];
  readonly means: readonly (readonly number[])[];
}

/** What to read and how finely. */
export interface DependenceOptions {
  readonly objective?: string;
  /** Values along an uncountable range (default 20). */
  readonly points?: number;
  readonly seed?: number;
}

/** Position of a dimension by name or path. */
export function dimensionCalled(study: Study<unknown>, name: string): number {
  const found = study.domain.dimensions.findIndex((d) => d.id === name);
  if (found >= 0) return found;
  throw new SearchError('MLH-BAD-OPTION', `there is no parameter of the name ${show(name)}`, {
    expected: study.domain.dimensions.map((d) => d.id).join(', '),
  });
}

function along(study: Study<unknown>, i: number, points: number): { coordinates: number[]; values: Choice[] } {
  const d = study.domain.dimensions[i] as (typeof study.domain.dimensions)[number];
  const n = Math.min(d.levels, d.nominal ? d.levels : points);
  const coordinates = Array.from({ length: n }, (_, k) =>
    d.nominal ? k : d.levels === Infinity ? k / (n - 1) : (k + 0.5) / n,
  );
  return { coordinates, values: coordinates.map((u) => valueAt(d, u)) };
}

/**
 * Partial dependence from a random forest on the complete trials.
 * Source: Friedman, Greedy function approximation (2001).
 */
export function partialDependence(
  study: Study<never> | Study<unknown>,
  name: string,
  options: DependenceOptions = {},
): Dependence {
  const any = study as Study<unknown>;
  const { columns, values } = tableOf(any, options.objective);
  const forest = growForest(columns, values, 64, options.seed ?? 0);
  const f = dimensionCalled(any, name);
  const grid = along(any, f, options.points ?? 20);
  const means = grid.coordinates.map((u) => {
    let sum = 0;
    for (const row of columns.rows) {
      const moved = Float64Array.from(row);
      moved[f] = u;
      sum += forestValue(forest, moved);
    }
    return sum / columns.rows.length;
  });
  return { name, values: grid.values, means };
}

/** Partial dependence on two parameters at once. */
export function contour(
  study: Study<never> | Study<unknown>,
  names: readonly [string, string],
  options: DependenceOptions = {},
): Contour {
  const any = study as Study<unknown>;
  const { columns, values } = tableOf(any, options.objective);
  const forest = growForest(columns, values, 32, options.seed ?? 0);
  const [f, g] = [dimensionCalled(any, names[0]), dimensionCalled(any, names[1])];
  const x = along(any, f, options.points ?? 20);
  const y = along(any, g, options.points ?? 20);
  const rows = columns.rows.filter((_, i) => i % Math.ceil(columns.rows.length / 50) === 0);
  const means = y.coordinates.map((v) =>
    x.coordinates.map((u) => {
      let sum = 0;
      for (const row of rows) {
        const moved = Float64Array.from(row);
        moved[f] = u;
        moved[g] = v;
        sum += forestValue(forest, moved);
      }
      return sum / rows.length;
    }),
  );
  return { names, x: x.values, y: y.values, means };
}
