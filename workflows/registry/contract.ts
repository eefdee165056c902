import { z } from 'zod';
import { isDigest, type Digest } from '../../core/digest.js';
import type { Json } from '../../core/json.js';
import type { Model, Ref } from '../../core/kinds.js';
import type { PagedList } from '../../core/paged-list.js';
import { plannedTraffic, type PlannedTraffic, type TrafficPlan } from '../../core/traffic.js';

export type { TrafficAnswer, TrafficRequest } from './traffic-request.js';

/** Workflow type of a model's registry entry. */
export const REGISTRY_TYPE = 'model-registry';

/** Names of its messages. `announcement` is the memo field that readers without a worker look at. */
export const REGISTRY = {
  register: 'register',
  move: 'move',
  rollback: 'rollback',
  annotate: 'annotate',
  remove: 'delete',
  traffic: 'traffic',
  state: 'state',
  announcement: 'aliases',
} as const;

/** The longest JSON, in characters, that a version's metrics, signature or evidence may have: references beyond that. */
export const RECORD_CHARACTERS = 4096;

/** A model as it was handed in: never changed afterwards. */
export interface ModelVersion {
  /** 1, 2, …: never reused. */
  readonly version: number;
  readonly model: Ref<Model>;
  /** The run that made it, and the first run of which that one is a resume. */
  readonly run: string;
  readonly lineage: string;
  readonly pipeline: string;
  readonly metrics: { readonly [name: string]: number };
  /** What goes in and what comes out: names, types, classes. */
  readonly signature: Json;
  /** What spoke for it: reports, gates, comparison with the champion. */
  readonly evidence: Json;
  /** ISO 8601, by the clock of the registry's Workflow. */
  readonly registeredAt: string;
  readonly by: string;
  readonly why: string;
}

/**
 * What people have said of a version since it was registered. Each is a change: the newest of a tag, and of the rest, is
 * what holds.
 */
export interface VersionMark {
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly why: string;
  /** Tags that are set, and with null those that are taken away. */
  readonly tags?: { readonly [name: string]: string | null } | undefined;
  /** What to use in its place, or why not to use it; null: it is fit for use again. */
  readonly deprecated?: string | null | undefined;
  /** True when its files may go; false when an equal model of the same lineage was registered again. */
  readonly deleted?: boolean | undefined;
}

/** Where an alias stands. */
export interface Alias {
  readonly version: number;
  readonly since: string;
  readonly by: string;
  readonly why: string;
  /** Number of the move that brought it there: larger is later, whatever the alias. */
  readonly move: number;
  /** The versions it stood at before, oldest first: what a rollback goes back to. */
  readonly past: readonly number[];
}

interface EventLine {
  /** Counts from 1 without gaps. */
  readonly number: number;
  readonly at: string;
  readonly by: string;
  readonly why: string;
}

export interface RegisteredEvent extends EventLine {
  readonly what: 'registered';
  readonly version: number;
  readonly run: string;
}

export interface MarkedEvent extends EventLine {
  readonly what: 'annotated' | 'deleted';
  readonly version: number;
  /** In words: which tags, or that it is deprecated. */
  readonly says?: string | undefined;
}

export interface AliasEvent extends EventLine {
  readonly what: 'moved' | 'rolled back';
  readonly alias: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly evidence: Json;
  /** The request's own key, when it had one. */
  readonly once?: string | undefined;
}

export interface TrafficEvent extends EventLine {
  readonly what: 'traffic';
  /** Which versions answer beside the one in service, from here on; null: it alone. */
  readonly plan: PlannedTraffic | null;
  /** Line of the plan that ends here. */
  readonly from: number | null;
  readonly evidence: Json;
  readonly once?: string | undefined;
}

/** One line of a model's history. */
export type ModelEvent = RegisteredEvent | MarkedEvent | AliasEvent | TrafficEvent;

/** Whether a line says that an alias moved. */
export const isAliasEvent = (event: ModelEvent): event is AliasEvent => 'alias' in event;

/** An alias as the registry keeps it. */
export interface StandingAlias extends Omit<Alias, 'past'> {
  readonly past: PagedList<number>;
  /** Of the version: what servers must know. */
  readonly model: Ref<Model>;
  readonly run: string;
}

/** How far the receivers of a model's events are. */
export interface OutboxState {
  /** Lines of the history at the last look. */
  readonly seen: number;
  /** Lines that a receiver has acknowledged, and why it has not the next, in words. */
  readonly hooks: { readonly [name: string]: { readonly delivered: number; readonly problem?: string | undefined } };
}

/** What a query for a model's state answers: the newest of everything, and where the store has the rest. */
export interface ModelHead {
  readonly name: string;
  /** Version 1 is the first. */
  readonly versions: PagedList<ModelVersion>;
  readonly aliases: { readonly [alias: string]: StandingAlias };
  /** Number 1 is the first. */
  readonly history: PagedList<ModelEvent>;
  /** What was said of versions since; absent where nothing was. */
  readonly marks?: PagedList<VersionMark> | undefined;
  /** Versions that were deleted, from the first of each range to its last. */
  readonly deleted?: readonly (readonly [first: number, last: number])[] | undefined;
  /** Which versions answer beside the one in service; absent where it answers alone. */
  readonly traffic?: TrafficPlan | undefined;
  /** Who was told of which lines; absent before the first look. */
  readonly outbox?: OutboxState | undefined;
  /** Why older versions and lines could not be moved into the store, in words: they are all here then. */
  readonly problem?: string | undefined;
}

/** Whether a version was deleted. */
export function isDeleted({ deleted = [] }: Pick<ModelHead, 'deleted'>, version: number): boolean {
  return deleted.some(([first, last]) => version >= first && version <= last);
}

/** What is to be sent to receivers. */
export interface DeliveryAsk {
  readonly model: string;
  /** Lines of the history at the last look: a new receiver is told what came after. */
  readonly seen: number;
  /** Lines that each receiver has acknowledged. */
  readonly delivered: { readonly [hook: string]: number };
}

export interface Delivered {
  /** Lines of the history at this look. */
  readonly count: number;
  readonly hooks: { readonly [hook: string]: { readonly delivered: number; readonly problem?: string | undefined } };
}

export interface RegistryActivities {
  'trainyard.deliverModelEvents': (ask: DeliveryAsk) => Promise<Delivered>;
}

/** What the Workflow carries. */
export interface RegistryState extends Omit<ModelHead, 'problem'> {
  /** By which a request is known again: of versions with their numbers, of moves with those of their lines. */
  readonly keys: PagedList<readonly [key: string, number: number]>;
}

/** What the Workflow of 0.1.0 carried. */
export interface FormerState {
  readonly name: string;
  readonly versions: readonly ModelVersion[];
  readonly aliases: { readonly [alias: string]: Alias };
  readonly history: readonly ModelEvent[];
}

export interface RegistryInput {
  readonly name: string;
  /** Carried over when the Workflow continues as new. */
  readonly state?: RegistryState | FormerState;
  /** Continue as new from this many history events on; by Temporal's own suggestion otherwise. */
  readonly continueAfter?: number;
  /** Bytes that each list may have before its older items become a page; 30,000 otherwise. */
  readonly openBytes?: number;
}

export type RegisterRequest = Omit<ModelVersion, 'version' | 'registeredAt'>;

export interface RegisterAnswer {
  readonly version: number;
  /** False when this model of this lineage had been registered before. */
  readonly created: boolean;
}

export interface MoveRequest {
  /** `champion`, `challenger`, or any name of lower-case letters, digits and hyphens. */
  readonly alias: string;
  /** The version to move to; null removes the alias. */
  readonly to: number | null;
  /** Where the alias must stand for the move to happen; null: it must not exist. Left out: wherever it stands. */
  readonly expected?: number | null | undefined;
  readonly by: string;
  readonly why: string;
  readonly evidence?: Json | undefined;
  /** A key of the request's own: asked again with it, the first answer is given again and nothing moves. */
  readonly once?: string | undefined;
}

export interface RollbackRequest {
  readonly alias: string;
  readonly expected?: number | undefined;
  readonly by: string;
  readonly why: string;
}

export interface AnnotateRequest {
  readonly version: number;
  /** Tags to set; null takes one away. */
  readonly tags?: { readonly [name: string]: string | null } | undefined;
  /** Why the version should not be used any more; null takes that back. */
  readonly deprecated?: string | null | undefined;
  readonly by: string;
  readonly why: string;
}

export interface DeleteRequest {
  readonly version: number;
  readonly by: string;
  readonly why: string;
}

/** What was written down: the line of the history. */
export interface MarkAnswer {
  readonly version: number;
  readonly at: string;
  readonly line: number;
  /** False where it was so already, and nothing was written. */
  readonly changed: boolean;
}

export interface MoveAnswer {
  readonly alias: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly at: string;
  /** Number of this line in the history. */
  readonly move: number;
}

/** Where every alias stands, small enough for the Workflow's memo: readable without a worker. */
export interface Announcement {
  readonly model: string;
  /** Number of the newest line of the history that is in here. */
  readonly move: number;
  readonly versions: number;
  readonly aliases: {
    readonly [alias: string]: {
      readonly version: number;
      readonly move: number;
      readonly model: Ref<Model>;
      readonly run: string;
    };
  };
  readonly traffic?: TrafficPlan | undefined;
}

const text = z.string();
const json = z.custom<Json>((value) => value !== undefined);
const model = z.object({ kind: z.literal('model'), digest: z.custom<Digest>(isDigest), size: z.number() });

/** A place where an alias stood, as pages hold it. */
export const pastSchema = z.number().int();

/** A version as pages hold it. */
export const modelVersionSchema: z.ZodType<ModelVersion> = z.object({
  version: z.number().int(),
  model,
  ...{ run: text, lineage: text, pipeline: text, registeredAt: text, by: text, why: text },
  metrics: z.record(text, z.number()),
  signature: json,
  evidence: json,
});

/** What was said of a version, as pages hold it. */
export const versionMarkSchema: z.ZodType<VersionMark> = z.object({
  version: z.number().int(),
  ...{ at: text, by: text, why: text },
  tags: z.record(text, text.nullable()).optional(),
  deprecated: text.nullable().optional(),
  deleted: z.boolean().optional(),
});

const line = { number: z.number().int(), at: text, by: text, why: text };
const place = z.number().int().nullable();

/** A line of the history as pages hold it. */
export const modelEventSchema: z.ZodType<ModelEvent> = z.union([
  z.object({ ...line, what: z.literal('registered'), version: z.number().int(), run: text }),
  z.object({
    ...line,
    what: z.enum(['annotated', 'deleted']),
    version: z.number().int(),
    says: text.optional(),
  }),
  z.object({
    ...line,
    what: z.enum(['moved', 'rolled back']),
    alias: text,
    from: place,
    to: place,
    evidence: json,
    once: text.optional(),
  }),
  z.object({
    ...line,
    what: z.literal('traffic'),
    plan: plannedTraffic.nullable(),
    from: place,
    evidence: json,
    once: text.optional(),
  }),
]);
