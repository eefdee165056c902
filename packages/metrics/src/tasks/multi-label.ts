import { drawRows } from '../draw.js';
import {
  classCounts,
  exactMatches,
  f1Macro,
  f1Micro,
  f1Weighted,
  hammingLoss,
  shareMacro,
  shareMicro,
  type ClassCounts,
  type LabelSets,
} from '../multi-label.js';
import { jsonList } from './cells.js';
import type { Figure, Sample, TaskFigures } from './task-figures.js';

export interface MultiLabelSample extends Sample {
  /** The models' classes and those that the rows have, sorted by code unit. */
  readonly classes: readonly string[];
  readonly truth: LabelSets;
  readonly predicted: LabelSets;
}

const over =
  (of: (truth: LabelSets, predicted: LabelSets) => number | undefined): Figure<MultiLabelSample>['of'] =>
  ({ truth, predicted }, drawn) => {
    const draw = ({ values, classes }: LabelSets): LabelSets => ({ values: drawRows(values, drawn, classes), classes });
    return of(draw(truth), draw(predicted));
  };

const byCounts = (of: (counts: readonly ClassCounts[]) => number | undefined): Figure<MultiLabelSample>['of'] =>
  over((truth, predicted) => of(classCounts(truth, predicted)));

const figures: readonly Figure<MultiLabelSample>[] = [
  {
    name: 'subsetAccuracy',
    title: 'share of rows with exactly the right classes',
    better: 'larger',
    interval: 'share',
    of: over((truth, predicted) => {
      const right = exactMatches(truth, predicted);
      return right.filter(Boolean).length / right.length;
    }),
  },
  { name: 'hamming', title: 'Hamming loss', better: 'smaller', interval: 'bootstrap', of: over(hammingLoss) },
  { name: 'f1.micro', title: 'F1, micro', better: 'larger', interval: 'bootstrap', of: byCounts(f1Micro) },
  { name: 'f1.macro', title: 'F1, macro', better: 'larger', interval: 'bootstrap', of: byCounts(f1Macro) },
  ...(
    [
      ['f1.weighted', 'F1, weighted', f1Weighted],
      ['precision.micro', 'precision, micro', (counts) => shareMicro(counts, 'falsePositives')],
      ['precision.macro', 'precision, macro', (counts) => shareMacro(counts, 'falsePositives')],
      ['recall.micro', 'recall, micro', (counts) => shareMicro(counts, 'falseNegatives')],
      ['recall.macro', 'recall, macro', (counts) => shareMacro(counts, 'falseNegatives')],
    ] as const satisfies readonly (readonly [string, string, (counts: readonly ClassCounts[]) => number | undefined])[]
  ).map(([name, title, of]): Figure<MultiLabelSample> => ({
    name,
    title,
    better: 'larger',
    interval: 'shared',
    of: byCounts(of),
  })),
];

export interface MultiLabelTask {
  readonly type: 'multi-label';
  readonly label: string;
  readonly classes: readonly string[];
  readonly thresholds: readonly number[];
}

/** Any number of classes for each row. */
export const multiLabelFigures: TaskFigures<MultiLabelTask, readonly string[], MultiLabelSample> = {
  type: 'multi-label',
  figures,
  headlines: ['f1.macro', 'subsetAccuracy', 'hamming'],
  slices: ['subsetAccuracy', 'f1.macro'],
  label: ({ label }) => label,
  truth: (cell) => {
    const list = jsonList(cell);
    return list?.every((one) => typeof one === 'string') ? (list as readonly string[]) : undefined;
  },
  truthIs: () => 'a JSON list of classes, which may be empty',
  samples: (truths, models) => {
    const classes = [...new Set([...models.flatMap(({ task }) => task.classes), ...truths.flat()])].sort();
    const truth = labelSets(truths, classes);
    return models.map(({ task, numbers }) => {
      const own = task.classes.length;
      const answers = truths.map((_, row) => chosenClasses(numbers.subarray(row * own, (row + 1) * own), task));
      return { units: truths.length, classes, truth, predicted: labelSets(answers, classes) };
    });
  },
  served: (rows) => {
    const answers = rows.map(({ answer }) => (answer as { readonly labels?: readonly string[] } | null)?.labels ?? []);
    const truths = rows.map(({ truth }) => truth);
    const classes = [...new Set([...answers.flat(), ...truths.flat()])].sort();
    return {
      units: rows.length,
      classes,
      truth: labelSets(truths, classes),
      predicted: labelSets(answers, classes),
    };
  },
  right: ({ truth, predicted }) => exactMatches(truth, predicted),
};

/** The classes answered for a row's probabilities: those that reach their threshold. */
export function chosenClasses(
  probabilities: ArrayLike<number>,
  { classes, thresholds }: Pick<MultiLabelTask, 'classes' | 'thresholds'>,
): string[] {
  return classes.filter((_, k) => probabilities[k]! >= (thresholds[k] ?? 0.5));
}

function labelSets(rows: readonly (readonly string[])[], classes: readonly string[]): LabelSets {
  const places = new Map(classes.map((name, k) => [name, k]));
  const values = new Uint8Array(rows.length * classes.length);
  rows.forEach((names, row) => {
    for (const name of names) values[row * classes.length + places.get(name)!] = 1;
  });
  return { values, classes: classes.length };
}
