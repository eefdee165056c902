import { z } from 'zod';
import { isDigest, type Digest } from '../core/digest.js';
import type { Json } from '../core/json.js';
import type { ReportList } from '../core/task.js';
import type {
  CacheEntry,
  DecidedCall,
  NodeRecord,
  Need,
  PageNote,
  Reach,
  RunEnd,
  RunStart,
  SealedOpening,
  SweepState,
} from '../core/records.js';
import type { StoreKey } from './store.js';

/** One kind of record: what it is called, what it must be, and what follows when it is damaged. */
export interface RecordKind<T> {
  /** As a person calls it, with its article. */
  readonly name: string;
  /** What its key matches. */
  readonly key: RegExp;
  /** What it must be, as far as its readers count on it; more may stand beside. */
  readonly schema: z.ZodType;
  /** What follows when it counts as not there: part of a sentence. */
  readonly without: string;
  /** Makes what a former version wrote into what is written today. */
  readonly former?: (value: unknown) => T | undefined;
}

/** What the folders above know the type of. */
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

const kind = <T>(of: RecordKind<T>): RecordKind<T> => of;

const digest = z.custom<Digest>(isDigest);
const text = z.string();
const ref = z.object({ kind: text, digest, size: z.number() });
const refs = z.record(text, ref);
const named = z.union([ref, z.array(ref)]);
const json = z.custom<Json>((value) => value !== undefined);
const moment = z.string().refine((at) => !Number.isNaN(Date.parse(at)));
const run = { run: text };

/** The schema of a graph, as far as its readers count on it. By hand: graphs have thousands of nodes. */
const graph = z.custom<object>((value) => {
  const { nodes, run: id, state } = value as { nodes?: unknown; run?: unknown; state?: unknown };
  if (!Array.isArray(nodes) || typeof id !== 'string' || (state !== undefined && typeof state !== 'string'))
    return false;
  return nodes.every((node: unknown) => {
    if (typeof node !== 'object' || node === null) return false;
    const {
      call,
      node: name,
      key,
      outputs,
    } = node as { call?: unknown; node?: unknown; key?: unknown; outputs?: unknown };
    const isRefs =
      outputs === undefined || (typeof outputs === 'object' && outputs !== null && Object.values(outputs).every(isRef));
    return (
      typeof call === 'string' && typeof name === 'string' && (key === undefined || typeof key === 'string') && isRefs
    );
  });
}, 'nodes');

function isRef(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'digest' in value && isDigest(value.digest);
}

/** All kinds of records that the store keeps as JSON: `docs/store.md` tells who reads them. */
export const RECORDS = {
  start: kind<RunStart>({
    name: 'the start of a run',
    key: /^runs\/[^/]+\/start$/,
    schema: z.object({
      format: z.literal(1),
      id: text,
      lineage: text,
      pipeline: text,
      params: json,
      seed: z.number(),
      cause: json,
      startedAt: moment,
    }),
    without: 'the run is not listed until it is mended from its graph',
  }),
  end: kind<RunEnd>({
    name: 'the end of a run',
    key: /^runs\/[^/]+\/end$/,
    schema: z.object({ status: z.enum(['completed', 'failed', 'cancelled', 'terminated']), endedAt: moment }),
    without: 'what Temporal says of the run is shown in its place',
  }),
  graph: kind<JsonObject>({
    name: 'the graph of a run',
    key: /^runs\/[^/]+\/graph$/,
    schema: graph,
    without: 'the run is shown by the records of its nodes, and later runs find its results by their keys',
  }),
  study: kind<JsonObject>({
    name: 'what is kept of a study',
    key: /^runs\/[^/]+\/study$/,
    schema: z.object({ ...run, trials: z.array(z.object({ number: z.number(), state: text })).optional() }),
    without: 'the study is not shown, and computed again by a run that needs it',
  }),
  environment: kind<JsonObject>({
    name: 'the environment of a run',
    key: /^runs\/[^/]+\/environment$/,
    schema: z.object({ build: text.nullable() }),
    without: 'what surrounded the run is not known',
  }),
  decided: kind<DecidedCall>({
    name: 'what an operator put in the place of a failed call',
    key: /^runs\/[^/]+\/decided\/[^/]+$/,
    schema: z.object({ key: digest, outputs: refs, ...run, by: text, why: text }),
    without: 'a resume computes the call, or asks again',
  }),
  execution: kind<NodeRecord>({
    name: 'the record of a node execution',
    key: /^lineage\/[^/]+\/[^/]+$/,
    schema: z.object({
      format: z.literal(1),
      ...run,
      lineage: text,
      pipeline: text,
      scope: text,
      node: text,
      version: text,
      code: text,
      key: digest,
      inputs: z.record(text, named),
      outputs: refs,
      threads: z.number(),
      startedAt: moment,
      endedAt: moment,
    }),
    without: 'who made these outputs, of what, is not known',
  }),
  result: kind<CacheEntry>({
    name: 'the result of a node call',
    key: /^cache\/[^/]+$/,
    schema: z.object({ format: z.literal(1), key: digest, node: text, outputs: refs, madeBy: text }),
    without: 'the node computes it again',
  }),
  reports: kind<{ readonly reports: ReportList }>({
    name: 'what a trial has reported',
    key: /^reports\/[^/]+$/,
    schema: z.union([
      z.array(z.tuple([z.number(), json])),
      z.object({ reports: z.array(z.tuple([z.number(), json])) }),
    ]),
    without: 'its study is told anew while it computes',
    former: (value) => (Array.isArray(value) ? { reports: value as unknown as ReportList } : undefined),
  }),
  need: kind<Need>({
    name: 'what an open run holds on to',
    key: /^needs\/[^/]+\/[^/]+$/,
    schema: z
      .object({ artifacts: z.array(digest).optional(), run: text.optional(), journal: digest.optional() })
      .strict(),
    without: 'nothing is collected until it is out of use',
  }),
  pin: kind<{ readonly run: string }>({
    name: 'that a run is kept for good',
    key: /^kept\/[^/]+$/,
    schema: z.object(run),
    without: 'nothing is collected until it is out of use; ask again with trainyard gc --keep',
  }),
  page: kind<PageNote>({
    name: 'that a durable process has a page in the store',
    key: /^pages\/[^/]+\/[^/]+$/,
    schema: z.object({ process: text, page: digest }),
    without: 'nothing is collected until scrub mends it from its page',
  }),
  opening: kind<SealedOpening>({
    name: 'that a sealed test set was opened',
    key: /^opened\/[^/]+\/[^/]+$/,
    schema: z.object({
      artifact: digest,
      key: digest,
      ...run,
      node: text,
      purpose: text,
      by: json,
      models: z.array(digest).optional(),
      reason: text.optional(),
      allowedBy: text.optional(),
      openedAt: moment,
    }),
    without: 'this opening is not counted',
  }),
  answers: kind<{ readonly kind: string; readonly digest: Digest; readonly size: number }>({
    name: 'where the answers of a label review are',
    key: /^(reviews|answers)\/[^/]+$/,
    schema: ref,
    without: 'an equal review asks people again; nothing is collected until it is out of use',
  }),
  latest: kind<{ readonly run: string }>({
    name: 'which run of a pipeline ended last',
    key: /^latest\/[^/]+$/,
    schema: z.union([text, z.object(run)]),
    without: 'the next run finds former results by their keys',
    former: (value) => (typeof value === 'string' ? { run: value } : undefined),
  }),
  sweep: kind<SweepState>({
    name: "the collector's mark",
    key: /^gc\/sweep$/,
    schema: z.object({ sweep: z.number(), removing: z.boolean(), beat: z.number() }),
    without: 'the next trainyard gc makes another',
  }),
  code: kind<JsonObject>({
    name: 'which files the code of a node is made of',
    key: /^codes\/[0-9a-f]+$/,
    schema: z.object({ files: z.array(z.tuple([text, text])), packages: z.array(z.tuple([text, text])) }),
    without: 'a change of it cannot be named by its files',
  }),
  pipelines: kind<JsonObject>({
    name: 'the code of the pipelines of a build',
    key: /^codes\/pipelines-[^/]+$/,
    schema: z.record(
      text,
      z.object({
        hash: text,
        parts: z.object({ files: z.array(z.tuple([text, text])), packages: z.array(z.tuple([text, text])) }),
      }),
    ),
    without: 'whether they are as they were is not known: verify refuses other code as a whole',
  }),
  backfill: kind<JsonObject>({
    name: 'the plan of a backfill',
    key: /^backfills\/[^/]+$/,
    schema: z.object({
      format: z.literal(1),
      id: text,
      pipeline: text,
      param: text,
      params: z.record(text, json),
      partitions: z.array(z.object({ value: json, ...run })),
      createdAt: moment,
    }),
    without: 'start the backfill again with the same values: what has run is found',
  }),
  change: kind<JsonObject>({
    name: 'which change of its source a trigger has seen',
    key: /^triggers\/[^/]+\/[^/]+$/,
    schema: z.object({ sequence: z.number(), digest: digest.nullable(), stamp: text }),
    without: 'the trigger starts a run for what the source holds now',
  }),
  reach: kind<Reach>({
    name: 'how far a run has read a source',
    key: /^reaches\/[^/]+\/[^/]+\/[^/]+\/\d+$/,
    schema: z.object({
      format: z.literal(1),
      project: text,
      pipeline: text,
      source: digest,
      place: z.int().min(1),
      watermark: json,
      ...run,
      lineage: text,
    }),
    without: 'no run reads the source on until it is out of use',
  }),
  failure: kind<JsonObject>({
    name: 'a failed attempt of a node',
    key: /^failures\/[^/]+\/[^/]+\/[^/]+$/,
    schema: z.object(run),
    without: 'it counts as an attempt all the same',
  }),
} satisfies Record<string, RecordKind<unknown>>;

/** The kind of the record of this key; undefined for reservations, markers, checkpoints and other things that are no JSON. */
export function kindOf(key: StoreKey): RecordKind<unknown> | undefined {
  return Object.values(RECORDS).find((one) => one.key.test(key)) as RecordKind<unknown> | undefined;
}
