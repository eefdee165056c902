import type { EmbeddingSample } from '@trainyard/metrics';
import { html } from '@trainyard/pages';
import { lineChart } from '@trainyard/pages/charts';
import type { TaskSections } from './section.js';

/** Most neighbours that the chart looks at. */
const MOST = 50;

/** Share of the rows that have another of their label, which find one among their `k` nearest. */
function recallBy({ places }: EmbeddingSample): { k: number; recall: number }[] {
  const known = [...places].filter((place) => !Number.isNaN(place));
  if (known.length === 0) return [];
  return Array.from({ length: Math.min(MOST, Math.max(1, places.length - 1)) }, (_, i) => ({
    k: i + 1,
    recall: known.filter((place) => place <= i + 1).length / known.length,
  }));
}

/** How far one must look for a row that is alike. */
export const embedding: TaskSections<EmbeddingSample> = {
  details: (sample) => ({
    alone: sample.places.filter((place) => Number.isNaN(place)).length,
    recall: recallBy(sample),
  }),
  page: (sample) =>
    html`<h2>Recall by neighbours</h2>
      <p>
        Rows whose label no other row has are left out: ${sample.places.filter((place) => Number.isNaN(place)).length}.
      </p>
      ${lineChart({
        title: 'Recall by neighbours',
        x: 'nearest rows looked at',
        y: 'share that finds its label',
        yRange: [0, 1],
        lines: [{ name: 'this model', points: recallBy(sample).map(({ k, recall }) => [k, recall] as const) }],
      })}`,
};
