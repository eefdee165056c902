import { html, htmlPage, htmlTable, sayFigure, type Html } from '@trainyard/pages';
import type { z } from 'zod';
import { bars, scatter } from '../kit/charts.js';
import type { shapFigures } from './contract.js';
import type { Explained } from './explained.js';

/** Features that have a bar, and those whose values are drawn. */
const [BARS, DRAWN] = [20, 6];

/** A summary for people: how far features move each score, and how that goes with their values. */
export function shapPage(
  value: Omit<z.output<typeof shapFigures>, 'largestGap'> & { readonly largestGap: number | null },
  explained: Explained,
  drawn: number,
  how?: string,
): string {
  const sections = value.scores.map(({ score, expected, features }, k) => {
    const shown = features.slice(0, BARS);
    return html`<h2>${score}</h2>
      <p class="soft">
        Scores are ${value.says}. Before any feature is known the score is ${sayFigure(expected)}; what the features of
        a row add to it is its score.
      </p>
      ${bars(
        `How far each feature moves ${score}`,
        shown.map(({ feature, meanAbsolute }) => ({
          name: feature,
          size: meanAbsolute,
          said: sayFigure(meanAbsolute),
        })),
      )}
      ${features.slice(0, DRAWN).map(({ feature }) => drawing(explained, k, feature, drawn))}
      ${htmlTable(
        ['feature', 'mean of the size', 'mean'],
        features.map((one) => [one.feature, one.meanAbsolute, one.mean]),
      )}`;
  });
  return htmlPage(
    'What each feature added',
    html`<p>
        ${value.rows} rows.
        ${
          value.largestGap !== null &&
          `Sums of what features added lie within ${sayFigure(value.largestGap)} of the scores, in units of the larger of the score and 1.`
        }
      </p>
      ${how !== undefined && html`<p>${how}</p>`} ${sections}`,
  );
}

/** What a feature added by its value, of rows evenly spread. Missing values stand in no chart. */
function drawing(
  { scores, features, rows, values, contributions }: Explained,
  k: number,
  feature: string,
  most: number,
): Html {
  const j = features.indexOf(feature);
  const step = Math.max(1, Math.ceil(rows / most));
  const points = [];
  for (let row = 0; row < rows; row += step) {
    const x = values[row * features.length + j]!;
    const y = contributions[(row * scores.length + k) * (features.length + 1) + j]!;
    if (Number.isFinite(x)) points.push({ x, y });
  }
  return points.length === 0 ? html`` : scatter({ name: feature }, { name: 'added' }, points);
}
