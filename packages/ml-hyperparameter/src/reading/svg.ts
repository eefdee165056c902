/** A small drawing board: scales, axes, marks. Everything is text, so that it works wherever strings do. */
import { log, exp, LN2 } from '../numeric/elementary.js';

const LN10 = 2.302585092994046;

/** Escapes text for XML. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&quot;'));
}

/** Shortest of the usual renderings of a number on an axis. */
export function label(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  return size >= 1e5 || size < 1e-3 ? value.toExponential(1).replace('.0e', 'e') : String(Number(value.toPrecision(4)));
}

/** From values to pixels. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** A linear scale over the finite values' range; a range of nothing becomes one around it. */
export function linearScale(values: readonly number[], from: number, to: number): Scale {
  const finite = values.filter((v) => Number.isFinite(v));
  let low = finite.reduce((m, v) => Math.min(m, v), Infinity);
  let high = finite.reduce((m, v) => Math.max(m, v), -Infinity);
  if (!(high >= low)) [low, high] = [0, 1];
  if (high === low) [low, high] = [low - 0.5, high + 0.5];
  const step = niceStep((high - low) / 5);
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high + 1e-9 * step; k++)
    ticks.push(Number((k * step).toPrecision(12)));
  return { at: (v) => from + ((v - low) / (high - low)) * (to - from), ticks };
}

/** A logarithmic scale; all values over 0. */
export function logScale(values: readonly number[], from: number, to: number): Scale {
  const logs = linearScale(
    values.map((v) => log(v) / LN10),
    from,
    to,
  );
  const low = Math.ceil(Math.min(...values.map((v) => log(v) / LN10)) - 1e-9);
  const high = Math.floor(Math.max(...values.map((v) => log(v) / LN10)) + 1e-9);
  const ticks = Array.from({ length: Math.max(0, high - low + 1) }, (_, k) => Number(`1e${low + k}`));
  return { at: (v) => logs.at(log(v) / LN10), ticks };
}

function niceStep(raw: number): number {
  const decade = exp(Math.floor(log(raw) / LN10) * LN10);
  const share = raw / decade;
  return Number((decade * (share > 5 ? 10 : share > 2 ? 5 : share > 1 ? 2 : 1)).toPrecision(3));
}

/** Colours that are told apart also without red or green. Source: Okabe and Ito (2008). */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;

/** A colour between dark (0) and light (1). */
export function shade(share: number): string {
  const s = Math.max(0, Math.min(1, share === share ? share : 1));
  const mix = (a: number, b: number): number => Math.round(a + (b - a) * s);
  return `rgb(${mix(20, 235)},${mix(60, 240)},${mix(120, 250)})`;
}

/** Size and inner margins of every plot, in pixels. */
export const BOARD = { width: 640, height: 400, left: 64, right: 16, top: 32, bottom: 48 } as const;

/** An SVG document around marks. */
export function board(
  title: string,
  marks: string,
  width: number = BOARD.width,
  height: number = BOARD.height,
): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="12">`;
  return `${head}<title>${escapeXml(title)}</title><rect width="100%" height="100%" fill="white"/>${text(width / 2, 20, title, 'middle')}${marks}</svg>`;
}

/** Text at a place. */
export function text(
  x: number,
  y: number,
  content: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
  turn = 0,
): string {
  const rotate = turn === 0 ? '' : ` transform="rotate(${turn} ${px(x)} ${px(y)})"`;
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" fill="#222"${rotate}>${escapeXml(content)}</text>`;
}

/** A coordinate with two decimals. */
export function px(v: number): string {
  return String(Math.round(v * 100) / 100);
}

/** A line through points. */
export function path(points: readonly (readonly [number, number])[], colour: string, more = ''): string {
  if (points.length === 0) return '';
  return `<path d="M${points.map(([x, y]) => `${px(x)},${px(y)}`).join('L')}" fill="none" stroke="${colour}" stroke-width="1.5" ${more}/>`;
}

/** A dot with a tooltip. */
export function dot(x: number, y: number, colour: string, tip: string): string {
  return `<circle cx="${px(x)}" cy="${px(y)}" r="3.5" fill="${colour}" fill-opacity="0.75"><title>${escapeXml(tip)}</title></circle>`;
}

/** Axes with ticks and names; `names` replaces the numbers of the x axis. */
export function axes(x: Scale, y: Scale, xName: string, yName: string, names?: readonly string[]): string {
  const { width, height, left, right, top, bottom } = BOARD;
  const floor = height - bottom;
  const line = (x1: number, y1: number, x2: number, y2: number, colour: string): string =>
    `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" stroke="${colour}"/>`;
  const down = y.ticks
    .map((v) => line(left, y.at(v), width - right, y.at(v), '#e5e5e5') + text(left - 6, y.at(v) + 4, label(v), 'end'))
    .join('');
  const across = (
    names === undefined ? x.ticks.map((v) => [v, label(v)] as const) : names.map((name, i) => [i, name] as const)
  )
    .map(([v, name]) => line(x.at(v), floor, x.at(v), floor + 4, '#888') + text(x.at(v), floor + 18, name, 'middle'))
    .join('');
  const frame = line(left, floor, width - right, floor, '#888') + line(left, top, left, floor, '#888');
  return (
    down +
    across +
    frame +
    text((left + width - right) / 2, height - 8, xName, 'middle') +
    text(14, (top + floor) / 2, yName, 'middle', -90)
  );
}

/** Whether numbers span so much that a logarithm shows them better. */
export function wantsLog(values: readonly number[]): boolean {
  const low = Math.min(...values);
  return low > 0 && log(Math.max(...values) / low) > 7 * LN2;
}
