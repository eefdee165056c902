/**
 * Parameters and spaces: plain data that survives `JSON.stringify`, with the type of a configuration following from it.
 */

/** A number in [low, high]; on a log scale, or in steps counted from `low`. */
export interface FloatParameter {
  readonly kind: 'float';
  readonly low: number;
  readonly high: number;
  readonly log?: boolean;
  readonly step?: number;
}

/** A whole number in [low, high]; on a log scale, or in steps counted from `low`. */
export interface IntParameter {
  readonly kind: 'int';
  readonly low: number;
  readonly high: number;
  readonly log?: boolean;
  readonly step?: number;
}

/** What a choice may be: anything that JSON tells apart. */
export type Choice = string | number | boolean | null;

/** One of some values that have no order. */
export interface CategoricalParameter<C extends Choice = Choice> {
  readonly kind: 'categorical';
  readonly choices: readonly C[];
}

/** One of some values in order, as `['small', 'medium', 'large']`: neighbours are taken to behave alike. */
export interface OrdinalParameter<C extends Choice = Choice> {
  readonly kind: 'ordinal';
  readonly values: readonly C[];
}

/** True or false. */
export interface BooleanParameter {
  readonly kind: 'boolean';
}

/** A choice by name, each with parameters that exist only under it. Branches may nest. */
export interface ConditionalParameter<B extends Readonly<Record<string, Space>> = Readonly<Record<string, Space>>> {
  readonly kind: 'conditional';
  readonly branches: B;
}

/** Any parameter. */
export type Parameter =
  FloatParameter | IntParameter | CategoricalParameter | OrdinalParameter | BooleanParameter | ConditionalParameter;

/** A search space: names and their parameters. Plain JSON; the order of the names has no effect on a study. */
export interface Space {
  readonly [name: string]: Parameter;
}

/** A configuration when its type is not known: flat, names to values, inactive parameters absent. */
export type AnyConfiguration = Readonly<Record<string, Choice>>;

type ValueOf<P> = P extends { readonly kind: 'float' | 'int' }
  ? number
  : P extends { readonly kind: 'categorical'; readonly choices: readonly (infer C)[] }
    ? C
    : P extends { readonly kind: 'ordinal'; readonly values: readonly (infer C)[] }
      ? C
      : P extends { readonly kind: 'boolean' }
        ? boolean
        : never;

type Flatten<T> = T extends unknown ? { [K in keyof T]: T[K] } : never;

type ConditionalNames<S> = {
  [K in keyof S]: S[K] extends { readonly kind: 'conditional' } ? K : never;
}[keyof S];

type BranchOf<K, P> = P extends { readonly kind: 'conditional'; readonly branches: infer B }
  ? { [Name in keyof B]: { readonly [Key in K & string]: Name } & ConfigurationParts<B[Name]> }[keyof B]
  : never;

type UnionToIntersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;

type Boxed<S> = { [K in ConditionalNames<S>]: { box: BranchOf<K, S[K]> } }[ConditionalNames<S>];

type ConfigurationParts<S> = {
  readonly [K in Exclude<keyof S, ConditionalNames<S>>]: ValueOf<S[K]>;
} & ([ConditionalNames<S>] extends [never]
  ? unknown
  : UnionToIntersection<Boxed<S>> extends { box: infer I }
    ? I
    : never);

/**
 * The type of a space's configurations. A conditional parameter makes it a union that its name tells apart:
 * `{ model: 'svm', C: number } | { model: 'forest', trees: number }`.
 */
export type Configuration<S extends Space> = string extends keyof S ? AnyConfiguration : Flatten<ConfigurationParts<S>>;

/** How a number is spread. */
export interface NumberOptions {
  /** Search the logarithm; `low` must be over 0. Not with `step`. */
  readonly log?: boolean;
  /** Only `low`, `low + step`, `low + 2 step`, … up to `high`. */
  readonly step?: number;
}

/** A number in [low, high]. */
export function float(low: number, high: number, options: NumberOptions = {}): FloatParameter {
  return { kind: 'float', low, high, ...options };
}

/** A whole number in [low, high]. */
export function int(low: number, high: number, options: NumberOptions = {}): IntParameter {
  return { kind: 'int', low, high, ...options };
}

/** One of some values without an order. */
export function categorical<const C extends Choice>(choices: readonly C[]): CategoricalParameter<C> {
  return { kind: 'categorical', choices };
}

/** One of some values in order. */
export function ordinal<const C extends Choice>(values: readonly C[]): OrdinalParameter<C> {
  return { kind: 'ordinal', values };
}

/** True or false. */
export function boolean(): BooleanParameter {
  return { kind: 'boolean' };
}

/** A choice with parameters of its own under each name: `conditional({ svm: { C: float(…) }, none: {} })`. */
export function conditional<const B extends Readonly<Record<string, Space>>>(branches: B): ConditionalParameter<B> {
  return { kind: 'conditional', branches };
}
