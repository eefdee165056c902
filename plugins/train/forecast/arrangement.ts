import { UserError } from '@trainyard/errors';
import { standardOf } from '../net/tasks/numbers.js';
import type { Arrangement } from '../kinds/forecast-net.js';

/**
 * How a net takes a window: which feature stands at which of its numbers, and by what each is standardised. All lags of a column share
 * their mean and deviation, so that a window keeps its form. Step by step, `[lags, channels]` with the oldest moment first: the columns
 * that have as many lags as the value, and whatever else the row has at each step again. Throws a UserError where a net that looks at
 * steps is given no lags.
 */
export function arrange(
  names: readonly string[],
  value: string,
  steps: boolean,
  { features, rows }: { readonly features: Float64Array; readonly rows: number },
): Arrangement {
  const lagged = names.map((name) => /^(.*) (?:now|-(\d+))$/s.exec(name));
  const columns = new Map<string, Map<number, number>>();
  lagged.forEach((match, at) => {
    const column = match?.[1] ?? names[at]!;
    const lags = columns.get(column) ?? new Map<number, number>();
    lags.set(match ? Number(match[2] ?? 0) : -1 - at, at);
    columns.set(column, lags);
  });
  const standards = standardsOf([...columns.values()], names.length, features, rows);
  const all = names.map((_, at) => at);
  if (!steps) return { input: [names.length], places: all, ...standards };

  const length = columns.get(value)?.size ?? 0;
  const isSequence = (lags: ReadonlyMap<number, number>): boolean =>
    lags.size === length && Array.from({ length }, (_, lag) => lags.has(lag)).every(Boolean);
  const sequences = [...columns.values()].filter(isSequence);
  if (length < 2 || !isSequence(columns.get(value)!))
    throw new UserError(`the net looks at the steps of "${value}", and its features are no sequence of lags`, {
      where: { field: 'model' },
      expected: `features "${value} now", "${value} -1" and so on, two or more without a gap`,
      actual: names.slice(0, 5).join(', '),
      remedy: 'name the lags that forecast.windows made in recipe.pass of features.fit, or take the preset dense',
    });
  const used = new Set(sequences.flatMap((lags) => [...lags.values()]));
  const others = all.filter((at) => !used.has(at));
  const places = Array.from({ length }, (_, t) => [
    ...sequences.map((lags) => lags.get(length - 1 - t)!),
    ...others,
  ]).flat();
  return { input: [length, sequences.length + others.length], places, ...standards };
}

/** Mean and deviation of each feature, of what is not missing in the training rows; those of a column's lags are one. */
function standardsOf(
  columns: readonly ReadonlyMap<number, number>[],
  width: number,
  features: Float64Array,
  rows: number,
): Pick<Arrangement, 'centers' | 'scales'> {
  const [centers, scales] = [new Array<number>(width).fill(0), new Array<number>(width).fill(1)];
  for (const lags of columns) {
    const places = [...lags.values()];
    const there: number[] = [];
    for (let row = 0; row < rows; row++)
      for (const at of places) {
        const value = features[row * width + at]!;
        if (!Number.isNaN(value)) there.push(value);
      }
    if (there.length === 0) continue;
    const { center, scale } = standardOf(Float64Array.from(there));
    for (const at of places) [centers[at], scales[at]] = [center, scale];
  }
  return { centers, scales };
}
