import { classCounts, f1Of, type MultiLabelSample } from '@trainyard/metrics';
import { html, htmlTable } from '@trainyard/pages';
import type { TaskSections } from './section.js';

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

function byClass({ classes, truth, predicted }: MultiLabelSample) {
  return classCounts(truth, predicted).map((counts, k) => {
    const { truePositives, falsePositives, falseNegatives } = counts;
    return {
      class: classes[k]!,
      rows: truePositives + falseNegatives,
      precision: ratio(truePositives, truePositives + falsePositives),
      recall: ratio(truePositives, truePositives + falseNegatives),
      f1: f1Of(counts) ?? null,
    };
  });
}

/** The classes one by one. */
export const multiLabel: TaskSections<MultiLabelSample> = {
  details: (sample) => ({ perClass: byClass(sample) }),
  page: (sample) =>
    html`<h2>Classes</h2>
      ${htmlTable(
        ['class', 'rows', 'precision', 'recall', 'F1'],
        byClass(sample).map((one) => [one.class, one.rows, one.precision, one.recall, one.f1]),
      )}`,
};
