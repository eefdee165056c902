import type { z } from 'zod';
import type { Handle } from '../handle.js';
import type { Kind, Ref } from '../kinds.js';
import type { Mistake, ParamsIn, Ports } from '../wiring.js';

/** The values that one parameter of a space can take. */
type Values<Q> = Q extends { readonly kind: 'float' | 'int' }
  ? number
  : Q extends { readonly kind: 'categorical'; readonly choices: readonly (infer C)[] }
    ? C
    : Q extends { readonly kind: 'ordinal'; readonly values: readonly (infer C)[] }
      ? C
      : Q extends { readonly kind: 'boolean' }
        ? boolean
        : never;

type FitParameter<Node extends string, Params, K extends string, Q> = K extends keyof Params
  ? Q extends { readonly kind: 'conditional'; readonly branches: infer B }
    ? keyof B & string extends NonNullable<Params[K]>
      ? {
          readonly kind: 'conditional';
          readonly branches: { readonly [Name in keyof B]: FitSpace<Node, Params, B[Name]> };
        }
      : Mistake<`${Node}: parameter "${K}" does not take these branches`>
    : Values<Q> extends Params[K]
      ? Q
      : Mistake<`${Node}: parameter "${K}" does not take these values`>
  : Mistake<`${Node} has no parameter "${K}"`>;

/** A space each of whose parameters is one of the node's and takes values that it takes, else the sentence that says why. */
export type FitSpace<Node extends string, Params, S> = unknown extends Params
  ? S
  : { readonly [K in keyof S & string]: FitParameter<Node, Params, K, S[K]> };

/** The parameters of a node or pipeline, as `FitSpace` compares them. */
export type SpaceParams<P extends z.ZodType> = ParamsIn<P>;

type Depth = [never, 0, 1, 2, 3, 4];

/** Paths to the numbers in a value, such as `f1.macro`; any text where the value's shape is not known. */
type NumberPaths<T, D extends number = 4> = [D] extends [never]
  ? never
  : unknown extends T
    ? string
    : T extends readonly unknown[]
      ? never
      : T extends object
        ? {
            [K in keyof T & string]: NonNullable<T[K]> extends number
              ? K
              : NonNullable<T[K]> extends object
                ? `${K}.${NumberPaths<NonNullable<T[K]>, Depth[D]>}`
                : never;
          }[keyof T & string]
        : never;

type Content<K> = K extends Kind<'json' | 'report', infer C> ? NonNullable<C> : never;

/** Where an objective of a node can stand: `port.path` to a number in a JSON value or a report. */
export type ObjectivePath<O extends Ports | Kind> = O extends Kind
  ? `out.${NumberPaths<Content<O>>}`
  : { [Port in keyof O & string]: `${Port}.${NumberPaths<Content<O[Port]>>}` }[keyof O & string];

/** Where an objective of a sub-pipeline can stand: `name.path` in what it returns. */
export type ResultPath<R> =
  R extends Handle<infer K>
    ? `out.${NumberPaths<Content<K>>}`
    : unknown extends R
      ? string
      : R extends object
        ? {
            [Name in keyof R & string]: R[Name] extends Handle<infer K>
              ? `${Name}.${NumberPaths<Content<K>>}`
              : NonNullable<R[Name]> extends number
                ? Name
                : NonNullable<R[Name]> extends object
                  ? `${Name}.${NumberPaths<NonNullable<R[Name]>>}`
                  : never;
          }[keyof R & string]
        : never;

/** What a pipeline returned, once it is there: references in the place of handles. */
export type Settled<R> =
  R extends Handle<infer K> ? Ref<K> : R extends object ? { readonly [Name in keyof R]: Settled<R[Name]> } : R;
