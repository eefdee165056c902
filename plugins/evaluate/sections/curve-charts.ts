import type { ClassCurves } from '@trainyard/metrics';
import { html, type Html } from '@trainyard/pages';
import { lineChart } from '@trainyard/pages/charts';

/** A class with its curves; none where it has no rows, or all. */
export interface CurvesOfClass {
  readonly name: string;
  readonly curves: ClassCurves | undefined;
}

/** Classes that are drawn: the eye tells no more lines apart. */
const MOST_CLASSES = 6;
/** Characters of a class's name in the legend. */
const MOST_CHARACTERS = 16;

/** ROC, precision and recall, and calibration of each class against the rest; of two classes the second says it all. */
export function curveCharts(classes: readonly CurvesOfClass[]): Html | undefined {
  const known = (classes.length === 2 ? classes.slice(1) : classes).flatMap(({ name, curves }) =>
    curves === undefined ? [] : [{ name: short(name), curves }],
  );
  if (known.length === 0) return undefined;
  const drawn = known.toSorted((a, b) => b.curves.support - a.curves.support).slice(0, MOST_CLASSES);
  const chart = (
    part: Exclude<keyof ClassCurves, 'support'>,
    words: { readonly title: string; readonly x: string; readonly y: string },
    yardstick?: string,
  ): Html =>
    lineChart({
      ...words,
      xRange: [0, 1],
      yRange: [0, 1],
      dots: part === 'calibration',
      lines: [
        ...drawn.map(({ name, curves }) => ({ name, points: curves[part] })),
        ...(yardstick === undefined ? [] : [{ name: yardstick, points: DIAGONAL, dashed: true }]),
      ],
    });
  return html`<h2>Curves</h2>
    <p>
      Each class against the rest, as the probability from which on a row is taken for it falls.
      ${known.length > drawn.length && `Of ${known.length} classes the ${drawn.length} with most rows.`}
    </p>
    <h3>ROC</h3>
    ${chart('roc', { title: 'ROC', x: 'share of the others taken for it', y: 'share of it found' }, 'chance')}
    <h3>Precision and recall</h3>
    ${chart('precisionRecall', { title: 'Precision and recall', x: 'recall', y: 'precision' })}
    <h3>Calibration by class</h3>
    ${chart('calibration', { title: 'Calibration by class', x: 'probability given', y: 'share that was it' }, 'perfect')}`;
}

const DIAGONAL = [
  [0, 0],
  [1, 1],
] as const;

function short(name: string): string {
  return name.length > MOST_CHARACTERS ? `${name.slice(0, MOST_CHARACTERS - 1)}…` : name;
}
