import { z } from 'zod';
import { TrainyardError } from '@trainyard/errors';
import { sayIssues } from './pipeline.js';

/** The file of a queue artifact that holds the rows; its value holds a few figures alone. */
export const QUEUE_FILE = 'queue.json';

/** Why people look at a row: its label is likely wrong, it was drawn for the audit, or it has no label. */
const reason = z.enum(['suspect', 'audit', 'unlabelled']);

const queueItem = z.object({
  /** Identity of the row in its table. */
  row: z.string(),
  /** The label that the row has, null where it has none. */
  given: z.string().nullable(),
  /** The likeliest label by the other rows; the probability of it and of the given label, 0 to 1. */
  suggested: z.string(),
  suggestedProbability: z.number(),
  givenProbability: z.number().nullable(),
  why: z.array(reason).readonly(),
  cells: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])).readonly(),
});

const reviewQueue = z.object({
  format: z.literal(1),
  /** Column whose values are reviewed, and the values that it has, sorted. */
  label: z.string(),
  labels: z.array(z.string()).readonly(),
  /** The other columns, in the order of the table, with the type of each as tables have them. */
  columns: z.array(z.object({ name: z.string(), type: z.string() }).readonly()).readonly(),
  /** In the order to be shown. */
  items: z.array(queueItem.readonly()).readonly(),
});

export type QueueReason = z.output<typeof reason>;
export type QueueItem = Readonly<z.output<typeof queueItem>>;

/** The rows that people are asked about: what labels.suspects writes to `queue.json`, and what reviews and pages read. */
export type ReviewQueue = Readonly<z.output<typeof reviewQueue>>;

/** The queue in the text of a `queue.json`. Throws TY-WIRE-KIND where the text holds something else. */
export function parseReviewQueue(text: string): ReviewQueue {
  const parsed = reviewQueue.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new TrainyardError('TY-WIRE-KIND', {
    what: `${QUEUE_FILE} of this artifact holds no queue of a label review: ${sayIssues(parsed.error)}`,
    expected: 'what labels.suspects writes, in format 1',
    remedy: 'take the output of labels.suspects, or queue of labels.reviewed',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
