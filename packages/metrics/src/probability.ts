/** Probabilities of all classes for all rows, row after row: `[rows, classes]`. */
export interface Probabilities {
  readonly values: ArrayLike<number>;
  readonly classes: number;
}

/** The most probable class of each row; the first of equals. */
export function mostProbable(p: Probabilities): Int32Array {
  const rows = p.values.length / p.classes;
  const best = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    let at = 0;
    for (let k = 1; k < p.classes; k++) if (p.values[i * p.classes + k]! > p.values[i * p.classes + at]!) at = k;
    best[i] = at;
  }
  return best;
}

/** Index of the class answered for a row's probabilities: of two classes the second from the threshold on, else the most probable. */
export function chooseClass(
  probabilities: ArrayLike<number>,
  { classes, threshold }: { readonly classes: readonly string[]; readonly threshold?: number | undefined },
): number {
  if (threshold !== undefined && classes.length === 2) return probabilities[1]! >= threshold ? 1 : 0;
  let best = 0;
  for (let k = 1; k < classes.length; k++) if (probabilities[k]! > probabilities[best]!) best = k;
  return best;
}

/**
 * Mean negative logarithm of the probability given to the true class, in nats. Probabilities are clipped to
 * [2⁻⁵², 1 − 2⁻⁵²], as scikit-learn clips those of double precision.
 */
export function logLoss(truth: ArrayLike<number>, p: Probabilities): number {
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    const given = p.values[i * p.classes + truth[i]!]!;
    total -= Math.log(Math.min(Math.max(given, Number.EPSILON), 1 - Number.EPSILON));
  }
  return total / truth.length;
}

/**
 * Brier score (1950): mean squared distance between probabilities and truth, summed over classes; for two classes half
 * of that, so that it lies in [0, 1] as is usual there (scikit-learn's `scale_by_half='auto'`).
 */
export function brierScore(truth: ArrayLike<number>, p: Probabilities): number {
  let total = 0;
  for (let i = 0; i < truth.length; i++)
    for (let k = 0; k < p.classes; k++) total += (p.values[i * p.classes + k]! - (truth[i] === k ? 1 : 0)) ** 2;
  return total / truth.length / (p.classes === 2 ? 2 : 1);
}

/**
 * Area under the ROC curve of one class against the rest, by ranks with ties shared (Mann and Whitney). Undefined when
 * the class has no rows, or all of them.
 */
export function rocAucOf(truth: ArrayLike<number>, p: Probabilities, positive: number): number | undefined {
  const rows = truth.length;
  const score = (i: number): number => p.values[i * p.classes + positive]!;
  const order = Array.from({ length: rows }, (_, i) => i).sort((a, b) => score(a) - score(b));
  let [rankSum, positives] = [0, 0];
  for (let start = 0; start < rows;) {
    let end = start + 1;
    while (end < rows && score(order[end]!) === score(order[start]!)) end++;
    const sharedRank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++)
      if (truth[order[i]!] === positive) {
        rankSum += sharedRank;
        positives++;
      }
    start = end;
  }
  const negatives = rows - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Area under the ROC curve: of the second class for two classes, else the mean over classes, each against the rest
 * (Provost and Domingos 2000, unweighted). Undefined when a class has no rows or all of them.
 */
export function rocAuc(truth: ArrayLike<number>, p: Probabilities): number | undefined {
  if (p.classes === 2) return rocAucOf(truth, p, 1);
  let total = 0;
  for (let k = 0; k < p.classes; k++) {
    const area = rocAucOf(truth, p, k);
    if (area === undefined) return undefined;
    total += area;
  }
  return total / p.classes;
}

/**
 * Share of rows whose true class is among the `k` most probable; of equal probabilities the first class comes first. Undefined
 * where there are no more than `k` classes: it would be 1 whatever is answered.
 */
export function topAccuracy(truth: ArrayLike<number>, p: Probabilities, k: number): number | undefined {
  if (p.classes <= k || truth.length === 0) return undefined;
  let right = 0;
  for (let i = 0; i < truth.length; i++) if (placeOfTruth(truth[i]!, p, i) <= k) right++;
  return right / truth.length;
}

/** The place of a row's true class by falling probability, from 1. */
export function placeOfTruth(truth: number, p: Probabilities, row: number): number {
  const given = p.values[row * p.classes + truth]!;
  let place = 1;
  for (let c = 0; c < p.classes; c++) {
    const other = p.values[row * p.classes + c]!;
    if (other > given || (other === given && c < truth)) place++;
  }
  return place;
}

export interface CalibrationBin {
  /** Edges of the bin of predicted probabilities, [from, to). The last bin holds 1 too. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Mean predicted probability in the bin. */
  readonly predicted: number;
  /** Share of rows in the bin that turned out as predicted. */
  readonly observed: number;
}

/** What was predicted with which confidence, and how often that was right: bins of equal width that have rows. */
export function calibration(truth: ArrayLike<number>, p: Probabilities, bins = 10): CalibrationBin[] {
  const predicted = mostProbable(p);
  const sums = Array.from({ length: bins }, () => ({ rows: 0, confidence: 0, right: 0 }));
  for (let i = 0; i < truth.length; i++) {
    const confidence = p.values[i * p.classes + predicted[i]!]!;
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))]!;
    bin.rows++;
    bin.confidence += confidence;
    if (truth[i] === predicted[i]) bin.right++;
  }
  return sums.flatMap((bin, b) =>
    bin.rows === 0
      ? []
      : [
          {
            from: b / bins,
            to: (b + 1) / bins,
            rows: bin.rows,
            predicted: bin.confidence / bin.rows,
            observed: bin.right / bin.rows,
          },
        ],
  );
}

/** Expected calibration error (Naeini et al. 2015): mean gap between confidence and accuracy, weighted by rows. */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  return bins.reduce((sum, bin) => sum + (bin.rows / rows) * Math.abs(bin.predicted - bin.observed), 0);
}
