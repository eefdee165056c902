/** Restrictions between parameters that are known before a trial runs: data, so that they travel with the space. */
import { SearchError, show } from '../errors.js';
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

/** Throws where a restriction names what the space has not. */
export function checkRestrictions(restrictions: readonly Restriction[], names: ReadonlySet<string>): void {
  for (const restriction of restrictions) {
    const named =
      restriction.kind === 'linear'
        ? restriction.weights
        : restriction.kind === 'forbid'
          ? restriction.values
          : undefined;
    if (named === undefined)
      throw new SearchError('MLH-BAD-OPTION', 'a restriction is of no known kind', {
        expected: 'linear() or forbid()',
        actual: show(restriction),
      });
    for (const name of Object.keys(named)) {
      if (!names.has(name)) {
        throw new SearchError('MLH-BAD-OPTION', `a restriction names "${name}", which is not in the space`, {
          expected: [...names].sort().join(', '),
        });
      }
    }
  }
}
