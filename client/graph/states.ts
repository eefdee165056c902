import type { GraphNode, NodeState, RunMetric } from '../../core/graph.js';
import { sayDuration } from '../../core/duration.js';
import type { Compared, ReadFigure } from '../../core/reading.js';

/** How a state looks: a colour never stands alone, a shape and a word go with it. */
export interface StateLook {
  /** One character for terminals. */
  readonly glyph: string;
  /** Path of a sign in a box of 16 by 16. */
  readonly path: string;
  readonly solid: boolean;
  /** Colour on white, at least 4.5 to 1. */
  readonly colour: string;
  /** Dashes of the border, for what has not happened. */
  readonly dashes?: string;
}

export const STATES: Readonly<Record<NodeState, StateLook>> = {
  waiting: { glyph: '○', path: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12z', solid: false, colour: '#66706b', dashes: '4 3' },
  running: { glyph: '▶', path: 'M4 2l10 6-10 6z', solid: true, colour: '#1c64b0' },
  found: { glyph: '◆', path: 'M8 1l7 7-7 7-7-7z', solid: true, colour: '#1f6b69' },
  done: { glyph: '✓', path: 'M2 8.5l4 4L14 4', solid: false, colour: '#2c7a3d' },
  paused: { glyph: '‖', path: 'M4 2h3v12H4zM9 2h3v12H9z', solid: true, colour: '#9a5b00' },
  failed: { glyph: '✗', path: 'M3 3l10 10M13 3L3 13', solid: false, colour: '#b3261e' },
  skipped: { glyph: '–', path: 'M2 8h12', solid: false, colour: '#75684f', dashes: '1 4' },
  cancelled: { glyph: '■', path: 'M3 3h10v10H3z', solid: true, colour: '#7a5490', dashes: '4 3' },
};

/** How long a call has taken, in ms: until its end, or until `now` while it runs; undefined before it started. */
export function callMs(node: GraphNode, now: number): number | undefined {
  if (node.state === 'found') return undefined;
  if (node.startedAt === undefined) return node.ms;
  if (node.endedAt !== undefined) return node.endedAt - node.startedAt;
  return node.state === 'running' ? Math.max(0, now - node.startedAt) : undefined;
}

/** State and time of a call in a few words: `done 1.2 s`, `found`, `no: f1.macro 0.75 < 0.9`. */
export function sayState(node: GraphNode, now: number): string {
  const ms = callMs(node, now);
  const compared = node.decision?.compared && sayCompared(node.decision.compared);
  const word = node.decision ? `${node.decision.passed ? 'yes' : 'no'}${compared ? `: ${compared}` : ''}` : node.state;
  return ms === undefined || node.kind === 'gate' ? word : `${word} ${sayDuration(ms)}`;
}

/** The figure that stands for a run: `f1.macro 0.9312`. */
export function sayMetric({ name, value }: RunMetric): string {
  return `${name} ${Number(value.toPrecision(4))}`;
}

/** What a gate held against what: `f1.macro 0.9312 ≥ 0.9`; without a limit the figures that it has read. */
export function sayCompared({ read, figure, atLeast, atMost }: Compared): string {
  const figures = Object.entries(read);
  if (figure === undefined)
    return figures
      .slice(0, MOST_FIGURES)
      .map(([path, value]) => `${path} ${say(value)}`)
      .join(', ');
  const name = figures.length === 1 ? `${figures[0]?.[0] ?? ''} ` : '';
  if (figure === null) return `${name}is no number`;
  const against = [
    ...(atLeast === undefined ? [] : [`${figure < atLeast ? '<' : '≥'} ${say(atLeast)}`]),
    ...(atMost === undefined ? [] : [`${figure > atMost ? '>' : '≤'} ${say(atMost)}`]),
  ];
  return `${name}${say(figure)} ${against.join(' and ')}`.trim();
}

/** Figures of a gate without a limit that are said. */
const MOST_FIGURES = 3;

function say(value: ReadFigure): string {
  return typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
}
