import { COLOURS } from '../colours.js';
import { html, type Html } from '../html.js';
import { draw, sayTick, unitOf } from './draw.js';
import { axisX, axisY, dot, gridX, gridY, line, ruleX, text } from './plot.js';

export interface Line {
  /** In the legend; a line with none, one of many alike, does not stand there. */
  readonly name: string;
  /** Points in order of x; those that are not finite are left out. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn with dashes: a yardstick, not a measurement. */
  readonly dashed?: boolean;
  /** Its points stand alone, small and not joined: many measurements, not a course. */
  readonly scattered?: boolean;
}

export interface LineChart {
  /** What a screen reader says of it. */
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

const [WIDTH, HEIGHT] = [640, 300];
const DASHES = '5 4';

/** Lines over common axes, with a legend. Colours follow the page's, light or dark. */
export function lineChart(chart: LineChart): Html {
  const lines = chart.lines.map((one, i) => ({
    ...one,
    colour: COLOURS[i % COLOURS.length]!,
    points: one.points.filter((point) => point.every(Number.isFinite)),
  }));
  const points = lines.flatMap((one) => one.points);
  const [xRange, yRange] = [chart.xRange ?? rangeOf(points, 0), chart.yRange ?? rangeOf(points, 1)];
  const [across, up] = [unitOf(xRange), unitOf(yRange)];
  const placed = (at: Line['points']): { x: number; y: number }[] => at.map(([x, y]) => ({ x: x / across, y: y / up }));
  const marked = chart.mark ? [{ x: chart.mark.x / across, name: chart.mark.name }] : [];
  const isRight = marked.some(({ x }) => x > (xRange[0] + xRange[1]) / across / 2);
  const grid = { ticks: 6, stroke: 'var(--line)', strokeOpacity: 1 };
  const drawn = draw({
    label: chart.title,
    width: WIDTH,
    height: HEIGHT,
    marginTop: 34,
    marginLeft: 56,
    marginBottom: 38,
    x: { domain: xRange.map((x) => x / across) },
    y: { domain: yRange.map((y) => y / up) },
    marks: [
      gridX(grid),
      gridY(grid),
      axisX({ ticks: 6, tickFormat: (x: number) => sayTick(x * across), label: `${chart.x} →` }),
      axisY({ ticks: 6, tickFormat: (y: number) => sayTick(y * up), label: `↑ ${chart.y}` }),
      ruleX(marked, { x: 'x', stroke: 'var(--soft)', strokeDasharray: '2 3' }),
      text(marked, {
        x: 'x',
        text: 'name',
        frameAnchor: 'top',
        textAnchor: isRight ? 'end' : 'start',
        dy: -10,
        fill: 'var(--soft)',
      }),
      ...lines.flatMap(({ points: at, colour, dashed, scattered }) =>
        scattered
          ? [dot(placed(at), { x: 'x', y: 'y', r: 2.5, fill: colour, fillOpacity: 0.6 })]
          : [
              line(placed(at), {
                x: 'x',
                y: 'y',
                stroke: colour,
                strokeWidth: 2,
                ...(dashed ? { strokeDasharray: DASHES } : {}),
              }),
              ...(chart.dots && !dashed ? [dot(placed(at), { x: 'x', y: 'y', r: 3.5, fill: colour })] : []),
            ],
      ),
    ],
  });
  const named = lines.filter(({ name }) => name !== '');
  const legend = named.map(({ name, colour, dashed }) => {
    const style = `display:inline-block;width:1.2rem;margin-right:.4rem;vertical-align:middle;border-top:3px ${dashed ? 'dashed' : 'solid'} ${colour}`;
    return html`<span style="margin-right:1rem;white-space:nowrap"><span style="${style}"></span>${name}</span>`;
  });
  return html`<figure class="chart" style="margin:1rem 0">
    <figcaption><small>${legend}</small></figcaption>
    <div class="wide">${drawn}</div>
  </figure>`;
}

/** What the points need of an axis. */
function rangeOf(points: Line['points'], axis: 0 | 1): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const point of points) [low, high] = [Math.min(low, point[axis]), Math.max(high, point[axis])];
  if (low > high) return [0, 1];
  if (low < high) return [low, high];
  const half = Math.abs(low) / 2 || 0.5;
  return [low - half, high + half];
}
