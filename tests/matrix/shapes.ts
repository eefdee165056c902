import type { FaultKind, Moment } from '../fixtures/probe/nodes/probe/outside.js';

/** A graph of the matrix: its pipeline and the labels of the calls that a clean run executes, each once. */
export interface Shape {
  readonly pipeline: string;
  readonly labels: readonly string[];
  /** Labels of light nodes: these run in the worker itself, which a crash of theirs would end. */
  readonly light?: readonly string[];
  /** Labels of nodes that fail in every run, and are caught. */
  readonly refusing?: readonly string[];
  /** Labels that two calls share, which a clean run executes twice. */
  readonly twice?: readonly string[];
}

const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name} ${index + 1}`);

export const SHAPES: readonly Shape[] = [
  { pipeline: 'linear', labels: ['a', 'b', 'c', 'd'], light: ['c'] },
  { pipeline: 'diamond', labels: ['a', 'b', 'c', 'd'] },
  { pipeline: 'mapped', labels: [...numbered('make', 4), ...numbered('step', 4), 'all'] },
  { pipeline: 'nested', labels: ['cell 1 1', 'cell 1 2', 'cell 2 1', 'cell 2 2', 'row 1', 'row 2', 'all'] },
  { pipeline: 'empty', labels: ['none', 'one', 'all'] },
  { pipeline: 'branched', labels: [...numbered('make', 3), 'odd 1', 'even 2', 'odd 3', 'all'], light: ['even 2'] },
  { pipeline: 'loop', labels: ['first', ...numbered('turn', 4)] },
  { pipeline: 'parts', labels: ['left make', 'left step', 'right make', 'right step', 'all'] },
  { pipeline: 'caught', labels: ['a', 'risky', 'instead', 'all'], refusing: ['risky'] },
  { pipeline: 'race', labels: ['one', 'before', 'other', 'all'] },
  { pipeline: 'fan-in', labels: [...numbered('make', 5), 'first', 'last', 'both'] },
  {
    pipeline: 'width',
    labels: ['items', ...numbered('make', 4), ...numbered('light', 4), 'all'],
    light: numbered('light', 4),
  },
  { pipeline: 'searched', labels: ['from', 'after'] },
  { pipeline: 'asked', labels: ['a', 'yes'] },
  { pipeline: 'twins', labels: ['a', 'b', 'all'], twice: ['b'] },
  { pipeline: 'ports', labels: ['a', 'halves', 'low', 'high'] },
  { pipeline: 'dropped', labels: ['a', 'aside', 'b'] },
];

/** One failure of one node of one shape. */
export interface Case {
  readonly shape: Shape;
  readonly label: string;
  readonly moment: Moment;
  readonly kind: FaultKind;
  readonly times: number;
  /** Whether Temporal has forgotten the run before it is resumed. */
  readonly forgotten: boolean;
}

export function nameOf({ shape, label, moment, kind, times, forgotten }: Case): string {
  return `${shape.pipeline}/${label}/${moment}/${kind}/${times}${forgotten ? '/forgotten' : ''}`;
}

const MOMENTS: readonly Moment[] = ['before', 'during', 'after'];
/** How often a failure happens: once, and the node is tried again; or until it is given up. */
const KINDS: readonly { readonly kind: FaultKind; readonly times: readonly number[] }[] = [
  { kind: 'user', times: [1] },
  { kind: 'transient', times: [1, 3] },
  { kind: 'throw', times: [3, 2] },
  { kind: 'crash', times: [3, 1] },
  { kind: 'timeout', times: [2] },
  { kind: 'cancel', times: [1] },
  { kind: 'terminate', times: [1] },
];

/** Everything that can be woven of shapes, nodes, moments and kinds. */
export function allCases(labelsOf: (shape: Shape) => readonly string[] = ({ labels }) => labels): Case[] {
  return SHAPES.flatMap((shape) =>
    labelsOf(shape)
      .filter((label) => !shape.refusing?.includes(label))
      .flatMap((label) =>
        MOMENTS.flatMap((moment) =>
          KINDS.filter(({ kind }) => kind !== 'crash' || !shape.light?.includes(label)).flatMap(({ kind, times }) =>
            times
              // Two computations under one label would share a longer failure, and each be mended by its next attempt.
              .filter((count) => count === 1 || !shape.twice?.includes(label))
              .flatMap((times) => [false, true].map((forgotten) => ({ shape, label, moment, kind, times, forgotten }))),
          ),
        ),
      ),
  );
}

/** A generator of numbers from 0 to 1, the same for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number of cases, drawn by a seed so that shapes, kinds and moments come up as evenly as they can. */
export function drawCases(count: number, seed: number, fits: (one: Case) => boolean = () => true): Case[] {
  return draw(allCases().filter(fits), count, seed, ({ shape, moment, kind, forgotten }) => [
    shape.pipeline,
    moment,
    kind,
    `${moment} ${kind}`,
    `${kind} ${forgotten}`,
  ]);
}

/** A number of things, drawn by a seed so that their traits come up as evenly as they can. */
export function draw<T>(all: readonly T[], count: number, seed: number, traits: (one: T) => readonly string[]): T[] {
  const random = randomFrom(seed);
  const left = all.map((one) => ({ one, luck: random() }));
  const drawn: T[] = [];
  const used = new Map<string, number>();
  const worn = (one: T): number => traits(one).reduce((sum, trait) => sum + (used.get(trait) ?? 0), 0);
  while (drawn.length < count && left.length > 0) {
    const next = left.reduce((best, other) => {
      const [a, b] = [worn(best.one), worn(other.one)];
      return b < a || (b === a && other.luck < best.luck) ? other : best;
    });
    left.splice(left.indexOf(next), 1);
    for (const trait of traits(next.one)) used.set(trait, (used.get(trait) ?? 0) + 1);
    drawn.push(next.one);
  }
  return drawn;
}
