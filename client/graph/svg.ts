import type { GraphRecord } from '../../core/graph.js';
import { differences } from './differ.js';
import { fold, type Box } from './fold.js';
import { BOX_HEIGHT, BOX_WIDTH, layout, type Point } from './layout.js';
import { sayState, STATES } from './states.js';

export interface SvgOptions {
  /** Where a box leads, by the call's id; none by default. */
  readonly href?: ((call: string) => string) | undefined;
  /** Time of drawing, ms since the epoch: for how long running calls have been running. */
  readonly now: number;
}

/**
 * The graph of a run as an SVG of its own: states by sign, border and colour; gates and approvals with pointed ends,
 * durable children with a double border. Colours are presentation attributes, so that a page's style can change them.
 */
export function graphSvg(graph: GraphRecord, options: SvgOptions): string {
  const boxes = fold(graph);
  const differs = differences(graph.nodes);
  const placed = layout(boxes);
  const arrows = boxes.arrows
    .map((arrow, index) => {
      const points = placed.arrows[index] ?? [];
      return `<path class="arrow" d="${curve(points)}" marker-end="url(#head)"><title>${escape(arrow.ports.join(', '))}</title></path>`;
    })
    .join('');
  const drawn = boxes.boxes
    .map((box) => drawBox(box, placed.boxes.get(box.id) ?? { x: 0, y: 0 }, differs.get(box.id), options))
    .join('');
  const [width, height] = [Math.ceil(placed.width), Math.ceil(placed.height)];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="dag" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `role="img" aria-label="Graph of run ${escape(graph.run)}: ${boxes.boxes.length} boxes" font-family="system-ui, sans-serif" font-size="13">` +
    `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0l8 4-8 4z" fill="#75807b"/></marker></defs>` +
    `<g fill="none" stroke="#75807b" stroke-width="1.4">${arrows}</g>${drawn}</svg>`
  );
}

function drawBox(box: Box, at: Point, differs: string | undefined, options: SvgOptions): string {
  const look = STATES[box.state];
  const [x, y] = [at.x - BOX_WIDTH / 2, at.y - BOX_HEIGHT / 2];
  const dashes = look.dashes ? ` stroke-dasharray="${look.dashes}"` : '';
  const sign =
    `<path class="sign" transform="translate(${x + 12} ${y + 11}) scale(0.875)" d="${look.path}" stroke="${look.colour}" ` +
    `stroke-width="2" fill="${look.solid ? look.colour : 'none'}"/>`;
  const words = box.calls.length > 1 ? sayMany(box) : sayState(box.calls[0]!, options.now);
  const about = (box.calls.length === 1 && differs) || box.scope;
  const detail = about ? `${words} · ${about}` : words;
  const body =
    `<title>${escape([box.title, detail, about === box.scope ? '' : box.scope, box.calls[0]?.title ?? ''].filter(Boolean).join('\n').trim())}</title>` +
    outline(box, x, y, `fill="#ffffff" stroke="${look.colour}" stroke-width="1.6"${dashes}`) +
    `${sign}<text class="name" x="${x + 34}" y="${y + 23}" fill="#1d2421" font-weight="600">${escape(shorten(box.title, 22))}</text>` +
    `<text class="detail" x="${x + 34}" y="${y + 41}" fill="#5c6863" font-size="11.5">${escape(shorten(detail, 28))}</text>`;
  const href = options.href?.(box.id);
  const group = `<g class="box ${box.state}">${body}</g>`;
  return href === undefined ? group : `<a href="${escape(href)}">${group}</a>`;
}

function outline(box: Box, x: number, y: number, attributes: string): string {
  if (box.kind === 'gate' || box.kind === 'approval') {
    const [right, bottom, middle] = [x + BOX_WIDTH, y + BOX_HEIGHT, y + BOX_HEIGHT / 2];
    return `<path class="shape" d="M${x + 8} ${y}H${right - 8}L${right + 5} ${middle}L${right - 8} ${bottom}H${x + 8}L${x - 5} ${middle}z" ${attributes}/>`;
  }
  const rect = (inset: number): string =>
    `<rect class="shape" x="${x + inset}" y="${y + inset}" width="${BOX_WIDTH - 2 * inset}" height="${BOX_HEIGHT - 2 * inset}" rx="${8 - inset}" ${attributes}/>`;
  if (box.calls.length > 1) return `<g transform="translate(5 5)">${rect(0)}</g>${rect(0)}`;
  return box.kind === 'child' ? rect(0) + rect(3.5) : rect(0);
}

function sayMany(box: Box): string {
  const counts = new Map<string, number>();
  for (const call of box.calls) counts.set(call.state, (counts.get(call.state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

/** A smooth line through points, vertical at each of them. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${round(first.x)} ${round(first.y)}`;
  let before = first;
  for (const point of rest) {
    const middle = round((before.y + point.y) / 2);
    path +=
      before.x === point.x
        ? `V${round(point.y)}`
        : `C${round(before.x)} ${middle} ${round(point.x)} ${middle} ${round(point.x)} ${round(point.y)}`;
    before = point;
  }
  return path;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const shorten = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
