/** A row of a benchmark beside its peer. */
export interface Row {
  readonly case: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly peerName: string | null;
  readonly ratio: number | null;
  readonly unit: string;
}

export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;

/** To three significant digits. */
export const round = (value: number): number => Number(value.toPrecision(3));
