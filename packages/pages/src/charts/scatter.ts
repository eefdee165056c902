import type { Html } from '../html.js';
import { draw, sayTick, shortName, unitOf } from './draw.js';
import { axisX, axisY, dot, gridX, gridY } from './plot.js';

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly colour?: string;
}

export interface Axis {
  readonly name: string;
  readonly say?: (value: number) => string;
}

/** Points over two axes. */
export function scatter(x: Axis, y: Axis, points: readonly Point[]): Html {
  const [across, up] = [unitOf(points.map((point) => point.x)), unitOf(points.map((point) => point.y))];
  const sayX = (value: number): string => (x.say ?? sayTick)(value * across);
  const sayY = (value: number): string => (y.say ?? sayTick)(value * up);
  const placed = points.map((point) => ({ ...point, x: point.x / across, y: point.y / up }));
  return draw({
    label: `${y.name} by ${x.name}`,
    height: 230,
    marginLeft: 46,
    marginTop: 22,
    marginBottom: 36,
    marks: [
      gridX({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
      gridY({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
      axisX({ ticks: 4, tickFormat: sayX, label: `${shortName(x.name, 30)} →` }),
      axisY({ ticks: 4, tickFormat: sayY, label: `↑ ${shortName(y.name, 30)}` }),
      dot(placed, { x: 'x', y: 'y', r: 2, fill: ({ colour }: Point) => colour ?? 'var(--a)', fillOpacity: 0.55 }),
    ],
  });
}
