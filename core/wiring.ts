import type { z } from 'zod';
import type { Handle } from './handle.js';
import type { Kind, Ref } from './kinds.js';

/** A wiring mistake, as a sentence in the editor. */
declare const mistake: unique symbol;
export interface Mistake<Sentence extends string> {
  readonly [mistake]: Sentence;
}

export type Ports = Readonly<Record<string, Kind>>;

/** Article and name of a kind, for sentences. */
type A<Name extends string> = `a ${Name}`;

type KindOf<T> = T extends Handle<infer K> ? K : T extends Ref<infer K> ? K : never;
type Given<T> = [KindOf<T>] extends [never]
  ? T extends readonly unknown[]
    ? 'a list'
    : 'no artifact'
  : A<KindOf<T>['kind']>;
type Hint<Want extends Kind, T> = KindOf<T>['kind'] extends `sealed ${Want['kind']}`
  ? ': a sealed one is opened by nodes that say so (opens), such as evaluate.final'
  : '';

/** Whether what a value holds may stand where a kind is wanted: names equal, and contents that fit. */
type Holds<Want extends Kind, T> = [KindOf<T>] extends [never]
  ? false
  : KindOf<T>['kind'] extends Want['kind']
    ? unknown extends NonNullable<Want['content']>
      ? true
      : NonNullable<KindOf<T>['content']> extends NonNullable<Want['content']>
        ? true
        : unknown extends NonNullable<KindOf<T>['content']>
          ? true
          : false
    : false;

type One<Node extends string, Port extends string, Want extends Kind, T> =
  Holds<Want, T> extends true
    ? T
    : [KindOf<T>] extends [never]
      ? Mistake<`${Node}: input "${Port}" takes ${A<Want['kind']>}, this is ${Given<T>}`>
      : KindOf<T>['kind'] extends Want['kind']
        ? Mistake<`${Node}: input "${Port}" takes ${A<Want['kind']>} of another shape`>
        : Mistake<`${Node}: input "${Port}" takes ${A<Want['kind']>}, this is ${Given<T>}${Hint<Want, T>}`>;

/** The given value when it fits the port, else the sentence that says why it does not. */
export type Fit<Node extends string, Port extends string, Want extends Kind, T> = Want extends { arity: 'many' }
  ? T extends readonly (infer Item)[]
    ? One<Node, Port, Want, Item> extends Mistake<string>
      ? One<Node, Port, Want, Item>
      : T
    : Mistake<`${Node}: input "${Port}" takes a list, this is ${Given<T>}`>
  : Want extends { arity: 'optional' }
    ? T extends undefined
      ? T
      : One<Node, Port, Want, T>
    : One<Node, Port, Want, T>;

/** Parameters as an author writes them. */
export type ParamsIn<P extends z.ZodType> = string extends keyof z.input<P> ? unknown : z.input<P>;

type RequiredPorts<I extends Ports> = {
  [Port in keyof I & string]: I[Port] extends { arity: 'optional' } ? never : Port;
}[keyof I & string];

/** What a call must at least have: every input that is not optional. */
export type Needed<I extends Ports> = { readonly [Port in RequiredPorts<I>]: unknown } & {
  readonly [Port in Exclude<keyof I & string, RequiredPorts<I>>]?: unknown;
};

/** Each argument of a call checked by itself, so that a mistake is shown at the argument that makes it. */
export type Checked<Node extends string, P extends z.ZodType, I extends Ports, Args> = {
  readonly [K in keyof Args & string]: K extends keyof I
    ? Fit<Node, K, I[K], Args[K]>
    : K extends keyof ParamsIn<P>
      ? ParamsIn<P>[K]
      : Mistake<`${Node} has no input or parameter "${K}"`>;
};

/** What a call returns: one handle, or one for each named output. */
export type Outputs<O extends Ports | Kind> = O extends Kind
  ? Handle<O>
  : { readonly [Port in keyof O]: O[Port] extends Kind ? Handle<O[Port]> : never };
