import dagre from '@dagrejs/dagre';
import type { Boxes } from './fold.js';

export const BOX_WIDTH = 208;
export const BOX_HEIGHT = 54;

export interface Placed {
  /** Width and height of the whole drawing, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Centre of each box by its id. */
  readonly boxes: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  /** Points of each arrow, in the order of `Boxes.arrows`. */
  readonly arrows: readonly (readonly { readonly x: number; readonly y: number }[])[];
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
  graph.setGraph({ rankdir: 'TB', nodesep: 22, ranksep: 28, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) graph.setNode(box.id, { width: BOX_WIDTH, height: BOX_HEIGHT });
  for (const arrow of arrows) graph.setEdge(arrow.from, arrow.to);
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width: finite(width),
    height: finite(height),
    boxes: new Map(boxes.map((box) => [box.id, graph.node(box.id) as { x: number; y: number }])),
    arrows: arrows.map((arrow) => (graph.edge(arrow.from, arrow.to) as { points: { x: number; y: number }[] }).points),
  };
}

// An empty graph has no size.
const finite = (size: number): number => (Number.isFinite(size) ? size : 0);
