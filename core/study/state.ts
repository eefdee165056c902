import { z } from 'zod';
import type { Json } from '../json.js';
import { jsonBytes, pageEnd, PAYLOAD_BYTES } from '../paging.js';

/**
 * What a study publishes of itself: while it runs by the query `study` of its Workflow (`<run>/<name>`), page by page;
 * once it is over, whole, in the store under its run (`readStudy`), and without what a clock had to do with it as
 * `report.json` of the report that its node `tune.report` made. `client/study/studies.ts` reads both. Values are in the user's
 * directions, by objective; times are the Workflow's, ms since the epoch, and 0 in the report.
 */
export const STUDY_QUERY = 'study';

export const studyTrial = z.object({
  /** 0, 1, 2, … in the order of suggestion. Its calls stand in the graph under the scope `trial <number>`. */
  number: z.number().int(),
  /** The parameters that were searched; those shared by all trials are left out. */
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  state: z.enum(['running', 'complete', 'pruned', 'failed']),
  /** One per objective, in their order; only when complete. */
  values: z.array(z.number()).optional(),
  /** By constraint, in their order: at most 0 where it holds. */
  constraints: z.array(z.number()).optional(),
  /** What it reported on its way, of the first objective: epochs, rungs or folds by rising step. */
  reports: z.array(z.tuple([z.number(), z.number().nullable()])),
  /** With folds: the first objective in each, in their order. */
  folds: z.array(z.number()).optional(),
  /** With folds: the standard deviation between them. */
  spread: z.number().optional(),
  /** Why it failed or was pruned. */
  reason: z.string().optional(),
  /** The sampler that suggested it; `given` for one that a person added. */
  by: z.string(),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  /** Milliseconds of computation, 0 where all was found. */
  ms: z.number().optional(),
  /** Nothing of it had to be computed. */
  found: z.boolean().optional(),
});

/** What a person did to a study, and why. */
export const studyChange = z.object({
  at: z.number(),
  by: z.string(),
  why: z.string(),
  /** `grow`, `add`, `pause`, `resume`, `stop` or `cancel`. */
  action: z.string(),
  /** In words, such as `50 more trials`. */
  what: z.string(),
});

export const optimism = z.object({
  /** What to take off the best value (add, where smaller is better), in its unit; at least 0. */
  amount: z.number(),
  /** The best value after that. */
  expected: z.number(),
  /** How it was estimated. */
  method: z.string(),
});

export const nestedEstimate = z.object({
  /** By outer fold: what the search found there, and the first objective on what was held back. */
  folds: z.array(
    z.object({
      params: studyTrial.shape.params.optional(),
      value: z.number().optional(),
      /** Why it has no value. */
      reason: z.string().optional(),
    }),
  ),
  /** Outer folds in all. */
  of: z.number().int(),
  /** Mean over all of them; null while some are missing, and where one has no value. */
  value: z.number().nullable(),
  /** Standard deviation between them. */
  spread: z.number().nullable(),
});

export const studyState = z.object({
  format: z.literal(1),
  /** Id of the study's Workflow, and of its record in the store. */
  run: z.string(),
  name: z.string(),
  /** The node or pipeline that a trial runs. */
  target: z.string(),
  /** What is searched, as `ml-hyperparameter` writes spaces. */
  space: z.record(z.string(), z.unknown()),
  /** `ending`: it asks for no more, and waits for trials under way; `estimating`: the search is repeated in outer folds. */
  status: z.enum(['searching', 'paused', 'ending', 'estimating', 'done', 'failed', 'cancelled']),
  objectives: z.array(z.object({ name: z.string(), at: z.string(), direction: z.enum(['minimize', 'maximize']) })),
  constraints: z.array(z.object({ name: z.string(), at: z.string(), expected: z.string() })),
  sampler: z.string(),
  pruner: z.string(),
  parallel: z.number().int(),
  /** What ends it, each where it is set. `cost` in the unit of the trials' cost, by default seconds of computation. */
  budget: z.object({ trials: z.number().optional(), timeMs: z.number().optional(), cost: z.number().optional() }),
  spent: z.object({ trials: z.number().int(), timeMs: z.number(), cost: z.number() }),
  counts: z.object({
    running: z.number().int(),
    complete: z.number().int(),
    pruned: z.number().int(),
    failed: z.number().int(),
    /** Of all these, how many needed no computation. */
    found: z.number().int(),
  }),
  /** Number of the chosen trial so far; null before any is complete. */
  best: z.number().int().nullable(),
  /** With several objectives: complete trials that none beats in all, by number. */
  front: z.array(z.number().int()),
  /** How the best is chosen, in words. */
  choice: z.string(),
  /** Why it asks for no more trials; null while it does. */
  ended: z.string().nullable(),
  /** What the sampler decided, and why. */
  notes: z.array(z.object({ trial: z.number().int(), text: z.string() })),
  changes: z.array(studyChange),
  /** Only once it is over. */
  optimism: optimism.nullable(),
  /** Where it was asked for. */
  nested: nestedEstimate.nullable().default(null),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  /** Trials from the one asked for on, at most a page; all of them in the report. */
  trials: z.array(studyTrial),
  /** Number of the first trial of the next page; null at the end. */
  next: z.number().int().nullable(),
});

/** A study as the store keeps it: what it publishes, and what it goes on from. */
export const keptStudy = studyState.extend({
  resume: z.object({
    /** The library's study without its trials. */
    study: z.record(z.string(), z.unknown()),
    /** By trial: the number of trials that it was suggested and is judged by. */
    before: z.array(z.number().int()),
    /** Trials that were told, from the first on. */
    told: z.number().int(),
    /** What the best trial told so far gave: references to a node's outputs by port, or what a pipeline returned. */
    outputs: z.object({ number: z.number().int(), given: z.custom<Json>(() => true) }).optional(),
    /** Digest of what was searched how: only the same search goes on from it. */
    asked: z.string(),
  }),
});

export type StudyState = z.output<typeof studyState>;
export type StudyTrial = z.output<typeof studyTrial>;
export type StudyChange = z.output<typeof studyChange>;
export type KeptStudy = z.output<typeof keptStudy>;
export type Optimism = z.output<typeof optimism>;
export type NestedEstimate = z.output<typeof nestedEstimate>;

/**
 * A study with as many of its trials, from one on, as fit into an answer with the rest; of what it goes on from, the part
 * that belongs to these. The first page has all else, later ones what is short.
 */
export function studyPage(study: KeptStudy, from: number): KeptStudy {
  const { outputs: _, ...resume } = study.resume;
  const head: KeptStudy =
    from === 0
      ? { ...study, trials: [], resume: { ...study.resume, before: [] } }
      : { ...study, trials: [], notes: [], changes: [], front: [], resume: { ...resume, study: {}, before: [] } };
  const rows = study.trials.map((trial, i) => [trial, resume.before[i]]);
  const to = pageEnd(rows, from, Math.max(0, PAYLOAD_BYTES - jsonBytes(head)));
  return {
    ...head,
    trials: study.trials.slice(from, to),
    resume: { ...head.resume, before: resume.before.slice(from, to) },
    next: to < study.trials.length ? to : null,
  };
}
