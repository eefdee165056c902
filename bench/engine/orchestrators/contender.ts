import type { Shape } from '../peer-workflows.js';

/**
 * One thing that a contender is told to do: `run` computes all nodes, `again` is a run of which everything was computed,
 * `fail` runs into a failure of the last node, `resume` goes on from there, `validate` checks the wiring alone. What
 * has another salt shares nothing.
 */
export interface Ask {
  readonly do: 'run' | 'again' | 'fail' | 'resume' | 'validate';
  readonly shape: Shape;
  readonly count: number;
  readonly salt: string;
  /** What is computed is to be found by a later run. */
  readonly kept: boolean;
}

/** What it took: ms by the clock, for so many nodes. */
export interface Answer {
  readonly ms: number;
  readonly nodes: number;
}

/** An orchestrator with its settings, started and warm. */
export interface Contender {
  readonly name: string;
  /** Whether its processes stay from run to run, and a first run makes later ones faster. */
  readonly stays: boolean;
  /** Whether it knows such a thing at all. */
  can(ask: Pick<Ask, 'do' | 'shape' | 'count'>): boolean;
  run(ask: Ask): Promise<Answer>;
  /** Processor time of all its processes so far, in ms. */
  cpuMs(): number;
  close(): void | Promise<void>;
}

/** What the last node of a shape gives: how many nodes stand in the longest way to it. */
export const depthOf = (shape: Shape, count: number): number =>
  ({ chain: count, map: 2, diamond: 1 + 2 * Math.floor((count - 1) / 3) })[shape];

/** How long some work took, when it gives what it should. */
export async function timed({ shape, count }: Ask, work: () => Promise<number | undefined>): Promise<Answer> {
  const began = performance.now();
  const value = await work();
  const ms = performance.now() - began;
  if (value !== depthOf(shape, count)) throw new Error(`it gave ${value}, not ${depthOf(shape, count)}`);
  return { ms, nodes: count };
}
