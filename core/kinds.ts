import { z } from 'zod';
import { isDigest, type Digest } from './digest.js';

/**
 * What an artifact is: a name, and at the type level what it holds (`Content`: a table's row type, a report's
 * figures). Contracts declare their ports with kinds, handles carry them.
 */
export interface Kind<Name extends string = string, Content = unknown> {
  readonly kind: Name;
  /** Type-level only, never set. */
  readonly content?: Content;
  /** Checks the artifact's small value, for kinds that have one. */
  readonly schema?: z.ZodType<Content> | undefined;
  /** An input port may take no artifact (`optional`) or a list of them (`many`). */
  readonly arity?: 'one' | 'optional' | 'many';
}

export type Table<Row = unknown> = Kind<'table', Row>;
/** A table that only a node whose contract says `opens: 'sealed'` may open: the test set. */
export type SealedTable<Row = unknown> = Kind<'sealed table', Row>;
/** A fitted preprocessing step that travels with the model. */
export type Transform = Kind<'transform', unknown>;
/** A trained model; its content says its type of task, where the contract of the node that trains it does. */
export type Model<Content = unknown> = Kind<'model', Content>;
/** A page for people, with its figures as the value. */
export type Report<Figures = unknown> = Kind<'report', Figures>;
export type Plot = Kind<'plot', unknown>;
export type File = Kind<'file', unknown>;
/** A JSON value. */
export type JsonKind<Value = unknown> = Kind<'json', Value>;

export const table: Table = { kind: 'table' };
export const sealedTable: SealedTable = { kind: 'sealed table' };
export const transform: Transform = { kind: 'transform' };
export const model: Model = { kind: 'model' };
export const plot: Plot = { kind: 'plot' };
export const file: File = { kind: 'file' };

/** A report whose figures (its value, small enough to travel) have this shape. */
export function report<S extends z.ZodType>(figures: S): Report<z.output<S>> {
  return { kind: 'report', schema: figures as unknown as z.ZodType<z.output<S>> };
}

/** A model with this type of task, such as `regression`: nodes that measure it then give figures that the editor knows. */
export function modelOf<const Task extends string>(_task: Task): Model<{ readonly task: Task }> {
  return { kind: 'model' };
}

/** A JSON artifact whose value has this shape. */
export function json<S extends z.ZodType>(schema: S): JsonKind<z.output<S>> {
  return { kind: 'json', schema: schema as unknown as z.ZodType<z.output<S>> };
}

export type Optional<K extends Kind> = K & { readonly arity: 'optional' };
export type Many<K extends Kind> = K & { readonly arity: 'many' };

/** An input port that may be left out. */
export function optional<K extends Kind>(kind: K): Optional<K> {
  return { ...kind, arity: 'optional' };
}

/** An input port that takes a list of artifacts of one kind, in the order given: where a fan-out ends. */
export function many<K extends Kind>(kind: K): Many<K> {
  return { ...kind, arity: 'many' };
}

/** What travels through Temporal in an artifact's place. */
export interface Ref<K extends Kind = Kind> {
  readonly kind: K['kind'];
  /** Digest of the artifact's manifest, which names its files and their digests. */
  readonly digest: Digest;
  /** All bytes of the artifact. */
  readonly size: number;
  /** The artifact's value, when its JSON is at most `INLINE_BYTES` long. */
  readonly value?: ValueOf<K> | undefined;
}

/** Schema of a reference to an artifact of a kind, for parameters that name one: a run's window of fresh rows, say. */
export function refTo<K extends Kind>(kind: K): z.ZodType<Ref<K>, Ref<K>> {
  const shape = z.object({
    kind: z.literal(kind.kind),
    digest: z.custom<Digest>(isDigest, 'the digest of an artifact'),
    size: z.number(),
    value: z.unknown().optional(),
  });
  return shape as unknown as z.ZodType<Ref<K>, Ref<K>>;
}

/** What `ref.value` holds for a kind: the shape of reports and JSON values, a summary for the others. */
export type ValueOf<K extends Kind> = K extends Kind<'report' | 'json', infer Content> ? Content : unknown;

/** The longest value, in characters of JSON, that travels inside a reference. */
export const INLINE_BYTES = 4096;
