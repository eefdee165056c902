import { UserError } from '@trainyard/errors';
import type { TableCell } from '@trainyard/tables';
import { featureNames, parseTransform, type FittedTransform } from '@trainyard/transforms';
import { jsonList, readRows, type DatasetRequest, type Rows } from '../dataset.js';
import { inOneArray } from '../feed/held.js';
import { requireNoLabel } from '../label-apart.js';
import type { InputArtifact } from '../../../worker/index.js';
import type { Surroundings } from '../training-result.js';

/** Rows with the values that followed. */
export interface SeriesDataset extends Rows {
  readonly horizon: number;
  /** `[rows, horizon]` */
  readonly labels: Float64Array;
}

/** Reads windows as `readDataset` reads rows. Throws a UserError for a label that is no list of numbers, or of another length than others. */
export async function readSeries(request: Omit<DatasetRequest, 'classes'>, horizon?: number): Promise<SeriesDataset> {
  const { part, label } = request;
  const labels: number[] = [];
  let steps = horizon;
  const take = (cell: TableCell | undefined, row: number): void => {
    const list = typeof cell === 'string' ? jsonList(cell) : undefined;
    steps ??= list?.length;
    const fits =
      list &&
      list.length > 0 &&
      list.length === steps &&
      list.every((one) => typeof one === 'number' && Number.isFinite(one));
    if (!fits)
      throw new UserError(`a row of the table "${part}" has no list of the values that followed`, {
        where: { port: part, row, column: label },
        expected: `a JSON list of ${steps ?? 'one or more'} numbers`,
        actual: String(cell ?? 'missing').slice(0, 80),
        remedy: 'make windows of the series by forecast.windows',
      });
    labels.push(...(list as number[]));
  };
  const read = await readRows(request, 'class', inOneArray, { begin: () => undefined, take });
  return { ...read, labels: Float64Array.from(labels), horizon: steps! };
}

/** As `readSurroundings`, for windows of series. */
export async function readSeriesSurroundings(
  inputs: {
    readonly train: InputArtifact;
    readonly validation: InputArtifact | undefined;
    readonly prep: InputArtifact;
  },
  label: string,
  scratch: string,
  weight?: string,
): Promise<Surroundings<SeriesDataset>> {
  const transform = parseTransform(await inputs.prep.text('transform.json'));
  requireNoLabel(transform, label);
  const both = { label, transform, scratch, missing: true };
  const train = await readSeries({ ...both, table: inputs.train, weight, part: 'train' });
  const validation =
    inputs.validation && (await readSeries({ ...both, table: inputs.validation, part: 'validation' }, train.horizon));
  return { label, transform, train, validation };
}

/** The labels as cells of their column. */
export const labelCells = ({ labels, horizon, rows }: SeriesDataset): string[] =>
  Array.from({ length: rows }, (_, row) => JSON.stringify([...labels.subarray(row * horizon, (row + 1) * horizon)]));

/**
 * For each step the feature that the naive forecast answers: the last value at the same place of a season. Throws a UserError where the
 * windows have no such lag, or the transform does not pass it on as it is.
 */
export function naivePlaces(transform: FittedTransform, label: string, season: number, horizon: number): number[] {
  const value = label.endsWith(' next') ? label.slice(0, -' next'.length) : label;
  const features = featureNames(transform);
  return Array.from({ length: horizon }, (_, i) => {
    const lag = Math.ceil((i + 1) / season) * season - (i + 1);
    const name = lag === 0 ? `${value} now` : `${value} -${lag}`;
    const passed = transform.steps.some((step) => step.kind === 'pass' && step.column === name);
    const at = passed ? features.indexOf(name) : -1;
    if (at >= 0) return at;
    throw new UserError(`the naive forecast of step ${i + 1} is column "${name}", which is no feature as it stands`, {
      where: { field: 'season', column: name },
      expected: `the lags of ${season === 1 ? 'the last moment' : `the last ${season} moments`}, passed on by the transform`,
      remedy: `ask forecast.windows for ${season} lags or more, and name its columns in recipe.pass of features.fit`,
    });
  });
}

/** The mean of all values that followed. */
export const meanOf = ({ labels }: SeriesDataset): number =>
  labels.reduce((sum, value) => sum + value / labels.length, 0);
