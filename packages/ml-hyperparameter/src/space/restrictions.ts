/** Restrictions between parameters that are known before a trial runs: data, so that they travel with the space. */
import { SearchError, show } from '../errors.js';
import { coordinateOf, valueAt, type Dimension } from './compile.js';
import type { AnyConfiguration, Choice } from './parameters.js';

/** Weighted values add up to at most `atMost`. Holds wherever one of its parameters is absent. */
export interface LinearRestriction {
  readonly kind: 'linear';
  readonly weights: Readonly<Record<string, number>>;
  readonly atMost: number;
}

/** These values may not meet. Holds wherever one of them is absent. */
export interface ForbiddenCombination {
  readonly kind: 'forbid';
  readonly values: Readonly<Record<string, Choice>>;
}

/** Any restriction. */
export type Restriction = LinearRestriction | ForbiddenCombination;

/** `linear({ warmup: 1, epochs: -1 }, 0)`: warmup − epochs ≤ 0. */
export function linear(weights: Readonly<Record<string, number>>, atMost: number): LinearRestriction {
  return { kind: 'linear', weights, atMost };
}

/** `forbid({ optimizer: 'sgd', layers: 8 })`: not both. */
export function forbid(values: Readonly<Record<string, Choice>>): ForbiddenCombination {
  return { kind: 'forbid', values };
}

/** Whether a configuration keeps a restriction. */
export function keeps(restriction: Restriction, configuration: AnyConfiguration): boolean {
  if (restriction.kind === 'forbid') {
    return Object.keys(restriction.values).some((name) => configuration[name] !== restriction.values[name]);
  }
  let sum = 0;
  for (const name of Object.keys(restriction.weights).sort()) {
    const value = configuration[name];
    if (typeof value !== 'number') return true;
    sum += (restriction.weights[name] as number) * value;
  }
  return sum <= restriction.atMost + 1e-12;
}

/** Throws where a restriction names what the space has not, or asks of it what it cannot be. */
export function checkRestrictions(restrictions: readonly Restriction[], dimensions: readonly Dimension[]): void {
  for (const restriction of restrictions) {
    const kind: unknown = (restriction as Partial<Restriction> | null)?.kind;
    if (kind !== 'linear' && kind !== 'forbid') {
      throw new SearchError('MLH-BAD-OPTION', 'a restriction is of no known kind', {
        expected: 'linear() or forbid()',
        actual: show(restriction),
      });
    }
    const named = restriction.kind === 'linear' ? restriction.weights : restriction.values;
    for (const [name, value] of Object.entries(named)) {
      const own = dimensions.filter((d) => d.name === name);
      if (own.length === 0) {
        throw new SearchError('MLH-BAD-OPTION', `a restriction names "${name}", which is not in the space`, {
          expected: [...new Set(dimensions.map((d) => d.name))].sort().join(', '),
        });
      }
      if (restriction.kind === 'linear') checkWeight(name, value, own);
      else if (own.every((d) => coordinateOf(d, value) === undefined)) {
        throw new SearchError('MLH-BAD-OPTION', `a restriction forbids what "${name}" cannot be`, {
          actual: show(value),
        });
      }
    }
    if (restriction.kind === 'linear' && !Number.isFinite(restriction.atMost)) {
      throw new SearchError('MLH-BAD-OPTION', 'the limit of a linear restriction is not a number', {
        expected: 'a finite number',
        actual: show(restriction.atMost),
      });
    }
  }
}

function checkWeight(name: string, weight: Choice, own: readonly Dimension[]): void {
  if (typeof weight !== 'number' || !Number.isFinite(weight)) {
    throw new SearchError('MLH-BAD-OPTION', `the weight of "${name}" in a restriction is not a number`, {
      expected: 'a finite number',
      actual: show(weight),
    });
  }
  if (own.some((d) => d.levels === Infinity || typeof valueAt(d, 0) === 'number')) return;
  throw new SearchError('MLH-BAD-OPTION', `a linear restriction weighs "${name}", which is no number`, {
    remedy: 'Use forbid() for choices.',
  });
}
