/** Which classes each row has, 1 or 0: `[rows, classes]`, row after row. */
export interface LabelSets {
  readonly values: Uint8Array;
  readonly classes: number;
}

/** How often one class was right and wrong. */
export interface ClassCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/** Whether each row was answered with exactly its classes. */
export function exactMatches(truth: LabelSets, predicted: LabelSets): boolean[] {
  const { classes } = truth;
  return Array.from({ length: truth.values.length / classes }, (_, row) => {
    for (let at = row * classes; at < (row + 1) * classes; at++)
      if (truth.values[at] !== predicted.values[at]) return false;
    return true;
  });
}

/** Hamming loss: share of all pairs of row and class that were answered wrongly. */
export function hammingLoss(truth: LabelSets, predicted: LabelSets): number {
  let wrong = 0;
  for (let i = 0; i < truth.values.length; i++) if (truth.values[i] !== predicted.values[i]) wrong++;
  return wrong / truth.values.length;
}

/** Counts of each class, in their order. */
export function classCounts(truth: LabelSets, predicted: LabelSets): ClassCounts[] {
  const { classes } = truth;
  return Array.from({ length: classes }, (_, k) => {
    let [truePositives, falsePositives, falseNegatives] = [0, 0, 0];
    for (let at = k; at < truth.values.length; at += classes) {
      if (truth.values[at] && predicted.values[at]) truePositives++;
      else if (predicted.values[at]) falsePositives++;
      else if (truth.values[at]) falseNegatives++;
    }
    return { truePositives, falsePositives, falseNegatives };
  });
}

/** F1 of counts; undefined where the class neither occurs nor was answered. */
export function f1Of({ truePositives, falsePositives, falseNegatives }: ClassCounts): number | undefined {
  const whole = 2 * truePositives + falsePositives + falseNegatives;
  return whole === 0 ? undefined : (2 * truePositives) / whole;
}

/** F1 of all pairs of row and class; undefined where no row has a class and none was answered. */
export function f1Micro(counts: readonly ClassCounts[]): number | undefined {
  const sum = (of: keyof ClassCounts): number => counts.reduce((total, one) => total + one[of], 0);
  return f1Of({
    truePositives: sum('truePositives'),
    falsePositives: sum('falsePositives'),
    falseNegatives: sum('falseNegatives'),
  });
}

/** Mean F1 over the classes that occur, as truth or as answer; undefined where none does. */
export function f1Macro(counts: readonly ClassCounts[]): number | undefined {
  const each = counts.flatMap((one) => f1Of(one) ?? []);
  return each.length === 0 ? undefined : each.reduce((total, one) => total + one, 0) / each.length;
}

/** Mean F1 over the classes, each weighted by its rows; undefined where no row has a class. */
export function f1Weighted(counts: readonly ClassCounts[]): number | undefined {
  let [total, rows] = [0, 0];
  for (const one of counts) {
    const support = one.truePositives + one.falseNegatives;
    total += support * (f1Of(one) ?? 0);
    rows += support;
  }
  return rows === 0 ? undefined : total / rows;
}

/** Precision or recall over all classes together: undefined where nothing is answered, or nothing is true. */
export function shareMicro(
  counts: readonly ClassCounts[],
  missed: 'falsePositives' | 'falseNegatives',
): number | undefined {
  const sum = (of: keyof ClassCounts): number => counts.reduce((total, one) => total + one[of], 0);
  const [right, wrong] = [sum('truePositives'), sum(missed)];
  return right + wrong === 0 ? undefined : right / (right + wrong);
}

/** Mean precision or recall over the classes that occur, as truth or as answer; 0 for a class that has none. */
export function shareMacro(
  counts: readonly ClassCounts[],
  missed: 'falsePositives' | 'falseNegatives',
): number | undefined {
  const each = counts.flatMap((one) => {
    const occurs = one.truePositives + one.falsePositives + one.falseNegatives > 0;
    return occurs ? [one.truePositives / (one.truePositives + one[missed] || 1)] : [];
  });
  return each.length === 0 ? undefined : each.reduce((total, one) => total + one, 0) / each.length;
}
