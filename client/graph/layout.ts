import dagre from '@dagrejs/dagre';
import type { Boxes } from './fold.js';

export const BOX_WIDTH = 208;
export const BOX_HEIGHT = 54;
/** Space between layers, where arrows move sideways. */
const RANK_GAP = 34;

export interface Placed {
  /** Width and height of the whole drawing, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Centre of each box by its id. */
  readonly boxes: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  /**
   * Points of each arrow, in the order of `Boxes.arrows`: from a box's lower edge, straight down past the boxes of each
   * layer between, to the upper edge of the other. Sideways it moves only between layers, so that it crosses no box.
   */
  readonly arrows: readonly (readonly Point[])[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Drawings of the same boxes and arrows, such as those of a run that is looked at while it goes on, are laid out once. */
const laidOut = new Map<string, Placed>();
const MOST_KEPT = 16;

/** Places boxes in layers from top to bottom (Gansner et al. 1993, as implemented by dagre). */
export function layout(of: Boxes): Placed {
  const shape = JSON.stringify([of.boxes.map(({ id }) => id), of.arrows.map(({ from, to }) => [from, to])]);
  const placed = laidOut.get(shape) ?? place(of);
  laidOut.delete(shape);
  laidOut.set(shape, placed);
  const [oldest] = laidOut.keys();
  if (laidOut.size > MOST_KEPT && oldest !== undefined) laidOut.delete(oldest);
  return placed;
}

function place({ boxes, arrows }: Boxes): Placed {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 22, ranksep: RANK_GAP, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) graph.setNode(box.id, { width: BOX_WIDTH, height: BOX_HEIGHT });
  for (const arrow of arrows) graph.setEdge(arrow.from, arrow.to);
  dagre.layout(graph);
  const placed = new Map(boxes.map((box) => [box.id, graph.node(box.id) as Point]));
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width: finite(width),
    height: finite(height),
    boxes: placed,
    arrows: arrows.map(({ from, to }) => {
      const { points } = graph.edge(from, to) as { points: Point[] };
      const [start, end] = [placed.get(from), placed.get(to)];
      return start && end ? route(start, points, end) : points;
    }),
  };
}

/** How far from a box's middle arrows leave and arrive. */
const REACH = 60;

function route(start: Point, points: readonly Point[], end: Point): readonly Point[] {
  const half = BOX_HEIGHT / 2;
  // Among folded calls an arrow may lead back up: it stays as it was laid.
  if (end.y - start.y < BOX_HEIGHT) return points;
  // dagre gives a point in each layer that an arrow passes, and others between layers, which are not needed.
  const passed = points.slice(1, -1).filter(({ y }) => y > start.y + half && y < end.y - half && inLayer(y));
  const first = (passed[0] ?? end).x;
  const last = (passed.at(-1) ?? start).x;
  return [
    { x: towards(start.x, first), y: start.y + half },
    ...passed.flatMap(({ x, y }) => [
      { x, y: y - half },
      { x, y: y + half },
    ]),
    { x: towards(end.x, last), y: end.y - half },
  ];

  function inLayer(y: number): boolean {
    const layers = (y - start.y) / (BOX_HEIGHT + RANK_GAP);
    return Math.abs(layers - Math.round(layers)) < 0.1;
  }
}

function towards(middle: number, x: number): number {
  return Math.min(Math.max(x, middle - REACH), middle + REACH);
}

// An empty graph has no size.
const finite = (size: number): number => (Number.isFinite(size) ? size : 0);
