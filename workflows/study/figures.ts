import { sayNearest, TrainyardError } from '@trainyard/errors';
import { isRef } from '../../core/handle.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import type { ConstraintAsk, StudyAsk } from '../../core/study/ask.js';
import type { Reported } from '../../core/task.js';

/** Reads the value of an artifact that is too large to travel. */
export type ReadValue = (ref: Ref) => Promise<unknown>;

/** Why a trial has no value, though it ran: it failed, the study did not. */
export class NoFigure extends Error {}

/** The figures of a trial. */
export interface Figures {
  readonly values: readonly number[];
  /** At most 0 where a constraint holds. */
  readonly constraints: readonly number[];
  readonly cost: number | undefined;
}

/** Reads objectives, constraints and cost in what a trial gave. Throws `NoFigure`, and TY-STUDY for a wrong path. */
export async function figuresOf(ask: StudyAsk, outputs: Json, read: ReadValue): Promise<Figures> {
  const values: number[] = [];
  for (const { at } of ask.objectives) values.push(await figureAt(ask, outputs, at, read));
  const constraints: number[] = [];
  for (const one of ask.constraints) constraints.push(excess(one, await figureAt(ask, outputs, one.at, read)));
  const costAt = ask.cost?.at;
  return { values, constraints, cost: costAt === undefined ? undefined : await figureAt(ask, outputs, costAt, read) };
}

async function figureAt(ask: StudyAsk, outputs: Json, at: string, read: ReadValue): Promise<number> {
  let part: unknown = outputs;
  let known: string[] = [];
  for (const name of at.split('.')) {
    if (isRef(part)) part = part.value ?? (await read(part));
    known = typeof part === 'object' && part !== null ? Object.keys(part) : [];
    if (!known.includes(name)) {
      throw new TrainyardError('TY-STUDY', {
        what: `${ask.target.name} gives nothing at ${at}: no "${name}"; ${sayNearest(name, known)}`,
        where: { node: ask.target.name, field: 'objective' },
      });
    }
    part = (part as Record<string, unknown>)[name];
  }
  if (typeof part === 'number' && Number.isFinite(part)) return part;
  throw new NoFigure(`${at} is ${part === null ? 'null, no number' : `no number: ${JSON.stringify(part)}`}`);
}

/** How far a figure is beyond its limits, at most 0 within. */
function excess({ most, least }: ConstraintAsk, value: number): number {
  return Math.max(most === undefined ? -Infinity : value - most, least === undefined ? -Infinity : least - value);
}

/** The first objective in what a node reported: the number itself, or the figure that stands at the objective's path. */
export function reportedOf(ask: StudyAsk, reported: Reported | null): number | null | undefined {
  if (reported === null || typeof reported === 'number') return reported;
  const [, ...path] = (ask.objectives[0]?.at ?? '').split('.');
  const found = path.reduce<Reported | undefined>(
    (part, name) => (typeof part === 'object' ? part[name] : undefined),
    reported,
  );
  return typeof found === 'number' ? found : undefined;
}

/** A constraint in words. */
export function sayConstraint({ most, least }: ConstraintAsk): string {
  return [least === undefined ? '' : `at least ${least}`, most === undefined ? '' : `at most ${most}`]
    .filter(Boolean)
    .join(', ');
}
