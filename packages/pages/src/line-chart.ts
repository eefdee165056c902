import { COLOURS } from './colours.js';
import { html, trusted, type Html } from './html.js';
import { sayFigure } from './page.js';

export interface Line {
  readonly name: string;
  /** Points in order of x; those that are not finite are left out. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn with dashes: a yardstick, not a measurement. */
  readonly dashed?: boolean;
  /** Its points stand alone, small and not joined: many measurements, not a course. */
  readonly scattered?: boolean;
}

export interface LineChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
  /** An x to point out, and what it is. */
  readonly mark?: { readonly x: number; readonly name: string } | undefined;
  /** Range of an axis; as the points need when left out. */
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  /** Draw the points as dots too. */
  readonly dots?: boolean;
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 300, 64, 16, 36, 44];
const DASHES: Html = trusted(' stroke-dasharray="5 4"');
/** Names in a row of the legend. */
const NAMES = 4;

/** Lines over common axes as SVG, with a legend. Colours follow the page's, light or dark. */
export function lineChart(chart: LineChart): Html {
  const lines = chart.lines.map((line) => ({ ...line, points: line.points.filter(([, y]) => Number.isFinite(y)) }));
  const points = lines.flatMap((line) => line.points);
  const [x0, x1] = chart.xRange ?? rangeOf(points.map(([x]) => x));
  const [y0, y1] = chart.yRange ?? rangeOf(points.map(([, y]) => y));
  const px = (x: number): string => (LEFT + ((x - x0) / (x1 - x0)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const py = (y: number): string => (HEIGHT - BOTTOM - ((y - y0) / (y1 - y0)) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const right = WIDTH - RIGHT;
  const floor = HEIGHT - BOTTOM;
  return html`<div class="wide chart">
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      width="${WIDTH}"
      role="img"
      aria-label="${chart.title}"
      xmlns="http://www.w3.org/2000/svg"
    >
      <title>${chart.title}</title>
      ${ticks(y0, y1).map(
        (y) =>
          html`<line
              x1="${LEFT}"
              x2="${right}"
              y1="${py(y)}"
              y2="${py(y)}"
              stroke="currentColor"
              stroke-opacity=".15"
            />
            <text x="${LEFT - 8}" y="${py(y)}" dy=".32em" text-anchor="end">${sayFigure(y)}</text>`,
      )}
      ${ticks(x0, x1).map((x) => html`<text x="${px(x)}" y="${floor + 18}" text-anchor="middle">${sayFigure(x)}</text>`)}
      <text x="${(LEFT + right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${chart.x}</text>
      <text transform="translate(14 ${(TOP + floor) / 2}) rotate(-90)" text-anchor="middle">${chart.y}</text>
      ${
        chart.mark &&
        html`<line
            x1="${px(chart.mark.x)}"
            x2="${px(chart.mark.x)}"
            y1="${TOP}"
            y2="${floor}"
            stroke="currentColor"
            stroke-opacity=".5"
            stroke-dasharray="2 3"
          />
          <text x="${px(chart.mark.x)}" y="${TOP - 4}" text-anchor="${chart.mark.x > (x0 + x1) / 2 ? 'end' : 'start'}"
            >${chart.mark.name}</text
          >`
      }
      ${lines.map(({ points: at, name, dashed, scattered }, i) => {
        const colour = COLOURS[i % COLOURS.length]!;
        const [column, row] = [LEFT + (i % NAMES) * 145, 12 + Math.floor(i / NAMES) * 16];
        if (scattered)
          return html`${at.map(([x, y]) => html`<circle cx="${px(x)}" cy="${py(y)}" r="2.5" fill="${colour}" fill-opacity=".6" />`)}
            <circle cx="${column + 9}" cy="${row}" r="4" fill="${colour}" /><text x="${column + 24}" y="${row + 4}"
              >${name}</text
            >`;
        return html`<polyline
            fill="none"
            stroke="${colour}"
            stroke-width="2"
            ${dashed ? DASHES : undefined}
            points="${at.map(([x, y]) => `${px(x)},${py(y)}`).join(' ')}"
          />
          ${chart.dots && !dashed ? at.map(([x, y]) => html`<circle cx="${px(x)}" cy="${py(y)}" r="3.5" fill="${colour}" />`) : ''}
          <line
            x1="${column}"
            x2="${column + 18}"
            y1="${row}"
            y2="${row}"
            stroke="${colour}"
            stroke-width="3"
            ${dashed ? DASHES : undefined}
          /><text x="${column + 24}" y="${row + 4}">${name}</text>`;
      })}
    </svg>
  </div>`;
}

function rangeOf(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** About five round numbers within a range. */
function ticks(from: number, to: number): number[] {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((size) => size >= rough) ?? power;
  const first = Math.ceil(from / step - 1e-9);
  return Array.from({ length: Math.floor(to / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}
