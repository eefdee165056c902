/** Reading what a caller tells: objectives, values, constraints. */
import { SearchError, show } from '../errors.js';
import type { Direction, Objective } from './trial.js';

/** What a trial came to: one number, one per objective (in order or by name), and outcome constraints (≤ 0 holds). */
export type Result =
  | number
  | readonly number[]
  | Readonly<Record<string, number>>
  | {
      readonly values: number | readonly number[] | Readonly<Record<string, number>>;
      readonly constraints?: readonly number[];
    };

/** How objectives are given: one direction, a list, or directions by name. */
export type Directions = Direction | readonly Direction[] | Readonly<Record<string, Direction>>;

/** Objectives with names; unnamed ones are called "value", or "value0", "value1", … */
export function objectivesOf(directions: Directions): Objective[] {
  const list: Objective[] =
    typeof directions === 'string'
      ? [{ name: 'value', direction: directions }]
      : Array.isArray(directions)
        ? directions.map((direction: Direction, i) => ({
            name: directions.length === 1 ? 'value' : `value${i}`,
            direction,
          }))
        : Object.entries(directions as Record<string, Direction>).map(([name, direction]) => ({ name, direction }));
  if (list.length === 0)
    throw new SearchError('MLH-BAD-OPTION', 'there is no objective', {
      at: 'directions',
      expected: 'at least one direction',
    });
  for (const { name, direction } of list) {
    if (direction !== 'minimize' && direction !== 'maximize') {
      throw new SearchError('MLH-BAD-OPTION', 'an objective has no direction', {
        at: `objective "${name}"`,
        expected: '"minimize" or "maximize"',
        actual: show(direction),
      });
    }
  }
  return list;
}

/** Values in the objectives' order, and constraints. Values that are no finite number come through for the caller to judge. */
export function readResult(
  objectives: readonly Objective[],
  result: Result,
  at: string,
): { values: number[]; constraints: readonly number[] | undefined } {
  let values: unknown = result;
  let constraints: readonly number[] | undefined;
  if (
    typeof result === 'object' &&
    result !== null &&
    !Array.isArray(result) &&
    'values' in result &&
    typeof result.values !== 'undefined' &&
    !objectives.some((o) => o.name === 'values')
  ) {
    values = result.values;
    constraints = (result as { constraints?: readonly number[] }).constraints;
  }
  if (
    constraints !== undefined &&
    !(Array.isArray(constraints) && constraints.every((c) => typeof c === 'number' && !Number.isNaN(c)))
  ) {
    throw new SearchError('MLH-BAD-RESULT', 'constraints are not a list of numbers', {
      at,
      expected: 'numbers, at most 0 where a constraint holds',
      actual: show(constraints),
    });
  }
  const list =
    typeof values === 'number'
      ? [values]
      : Array.isArray(values)
        ? (values as unknown[])
        : byName(objectives, values, at);
  if (list.length !== objectives.length || !list.every((v) => typeof v === 'number')) {
    throw new SearchError('MLH-BAD-RESULT', 'a result does not fit the objectives', {
      at,
      expected: `${objectives.length} number(s): ${objectives.map((o) => o.name).join(', ')}`,
      actual: show(values),
    });
  }
  return { values: list as number[], constraints };
}

function byName(objectives: readonly Objective[], values: unknown, at: string): unknown[] {
  if (typeof values !== 'object' || values === null) {
    throw new SearchError('MLH-BAD-RESULT', 'a result is not a number', {
      at,
      expected: `${objectives.length} number(s): ${objectives.map((o) => o.name).join(', ')}`,
      actual: show(values),
    });
  }
  const given = values as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    if (!objectives.some((o) => o.name === name)) {
      throw new SearchError('MLH-UNKNOWN-OBJECTIVE', `there is no objective of the name "${name}"`, {
        at,
        expected: objectives.map((o) => o.name).join(', '),
      });
    }
  }
  const missing = objectives.find((o) => !Object.hasOwn(given, o.name));
  if (missing !== undefined)
    throw new SearchError('MLH-BAD-RESULT', `the objective "${missing.name}" is missing from a result`, {
      at,
      actual: Object.keys(given).join(', '),
    });
  return objectives.map((o) => given[o.name]);
}
