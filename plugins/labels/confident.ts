/** A row whose label is likely wrong. */
export interface LabelIssue {
  readonly row: number;
  /** Class number that its label should rather be. */
  readonly suggested: number;
  /** Probability of the given class minus that of the likeliest other: −1 is surely wrong. */
  readonly margin: number;
}

/**
 * Likely label errors by confident learning (Northcutt, Jiang and Chuang 2021, "Confident learning: estimating
 * uncertainty in dataset labels"): the confident joint says how many rows labelled i are in truth j, and of those
 * labelled i that many with the largest p(j) − p(i) are issues ("prune by noise rate", section 3.2), unless the given
 * class is the likeliest after all. Ordered by normalised margin, the likeliest error first.
 *
 * `probabilities` [rows, classes] must be out of sample; `given` holds class numbers, −1 where a row has no label.
 */
export function labelIssues(probabilities: Float64Array, given: Int32Array, count: number): LabelIssue[] {
  const joint = calibrated(confidentJoint(probabilities, given, count), given, count);
  const issues = new Map<number, LabelIssue>();
  for (let i = 0; i < count; i++) {
    const labelled: number[] = [];
    given.forEach((label, row) => label === i && labelled.push(row));
    for (let j = 0; j < count; j++) {
      const wrong = joint[i * count + j]!;
      if (i === j || wrong === 0) continue;
      const gap = (row: number): number => probabilities[row * count + j]! - probabilities[row * count + i]!;
      const first = [...labelled].sort((a, b) => gap(b) - gap(a) || a - b).slice(0, wrong);
      for (const row of first) {
        const issue = judge(probabilities, row, i, count);
        if (issue.margin < 0) issues.set(row, issue);
      }
    }
  }
  return [...issues.values()].sort((a, b) => a.margin - b.margin || a.row - b.row);
}

function judge(probabilities: Float64Array, row: number, label: number, count: number): LabelIssue {
  const p = probabilities.subarray(row * count, (row + 1) * count);
  let other = label === 0 ? 1 : 0;
  for (let c = 0; c < count; c++) if (c !== label && p[c]! > p[other]!) other = c;
  return { row, suggested: other, margin: p[label]! - p[other]! };
}

/**
 * The confident joint C[given, truth] (section 3.1): a row counts for the likeliest of the classes whose threshold its
 * probability reaches; rows that reach none count nowhere.
 */
export function confidentJoint(probabilities: Float64Array, given: Int32Array, count: number): Float64Array {
  const thresholds = classThresholds(probabilities, given, count);
  const joint = new Float64Array(count * count);
  given.forEach((label, row) => {
    if (label < 0) return;
    let confident = -1;
    for (let c = 0; c < count; c++) {
      const p = probabilities[row * count + c]!;
      if (p >= thresholds[c]! && (confident < 0 || p > probabilities[row * count + confident]!)) confident = c;
    }
    if (confident >= 0) joint[label * count + confident] = joint[label * count + confident]! + 1;
  });
  return joint;
}

/** t_j, the mean of p(j) over the rows labelled j; Infinity for a class that no row is labelled with. */
export function classThresholds(probabilities: Float64Array, given: Int32Array, count: number): Float64Array {
  const sums = new Float64Array(count);
  const rows = new Float64Array(count);
  given.forEach((label, row) => {
    if (label < 0) return;
    sums[label] = sums[label]! + probabilities[row * count + label]!;
    rows[label] = rows[label]! + 1;
  });
  return sums.map((sum, c) => (rows[c]! > 0 ? sum / rows[c]! : Infinity));
}

/**
 * The joint with each row scaled to the number of rows of that label, in whole numbers that add up to it (largest
 * remainders): what was not confident follows what was.
 */
function calibrated(joint: Float64Array, given: Int32Array, count: number): Float64Array {
  const result = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    const labelled = given.reduce((sum, label) => sum + (label === i ? 1 : 0), 0);
    const row = joint.subarray(i * count, (i + 1) * count);
    const confident = row.reduce((sum, value) => sum + value, 0);
    if (confident === 0) continue;
    const scaled = row.map((value) => (value * labelled) / confident);
    const whole = scaled.map(Math.floor);
    const left = labelled - whole.reduce((sum, value) => sum + value, 0);
    const remainder = (j: number): number => scaled[j]! - whole[j]!;
    // Of equal remainders the given label's comes first: in doubt a label is right.
    const order = Array.from(whole.keys()).sort(
      (a, b) => remainder(b) - remainder(a) || Number(b === i) - Number(a === i) || a - b,
    );
    for (const j of order.slice(0, left)) whole[j] = whole[j]! + 1;
    result.set(whole, i * count);
  }
  return result;
}
