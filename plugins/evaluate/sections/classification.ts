import {
  calibration,
  confusionMatrix,
  curvesOf,
  perClass,
  wilson,
  type ClassFigures,
  type ClassificationSample,
  type Interval,
} from '@trainyard/metrics';
import type { Json } from '../../../core/index.js';
import { html, htmlTable } from '@trainyard/pages';
import { lineChart } from '@trainyard/pages/charts';
import { confusionTable } from './confusion-table.js';
import { curveCharts } from './curve-charts.js';
import { between, type TaskSections } from './section.js';

function detailsOf({ truth, predicted, probabilities, classes }: ClassificationSample) {
  const confusion = confusionMatrix(truth, predicted, classes.length);
  return { confusion, perClass: perClass(confusion), calibration: calibration(truth, probabilities!) };
}

const recallOf = ({ recall, support }: ClassFigures): Interval => wilson(Math.round(recall * support), support);

/** Confusion, the classes one by one, calibration and curves. */
export const classification: TaskSections<ClassificationSample> = {
  details: (sample) => ({ classes: [...sample.classes], ...(detailsOf(sample) as unknown as Record<string, Json>) }),
  page: (sample) => {
    const { classes, truth, probabilities } = sample;
    const details = detailsOf(sample);
    return html`<h2>Confusion</h2>
      ${confusionTable(details.confusion, classes)}
      <h2>Classes</h2>
      ${htmlTable(
        ['class', 'rows', 'precision', 'recall', 'recall, 95 % interval', 'F1'],
        details.perClass.map((c, k) => [classes[k]!, c.support, c.precision, c.recall, between(recallOf(c)), c.f1]),
      )}
      <h2>Calibration</h2>
      <p>Of the rows that were answered with a probability, the share that was right. On the dashed line both agree.</p>
      ${lineChart({
        title: 'Calibration',
        x: 'probability given to the answer',
        y: 'share right',
        xRange: [0, 1],
        yRange: [0, 1],
        dots: true,
        lines: [
          { name: 'this model', points: details.calibration.map((bin) => [bin.predicted, bin.observed] as const) },
          {
            name: 'perfect',
            points: [
              [0, 0],
              [1, 1],
            ],
            dashed: true,
          },
        ],
      })}
      ${curveCharts(classes.map((name, k) => ({ name, curves: curvesOf(truth, probabilities!, k) })))}`;
  },
};
