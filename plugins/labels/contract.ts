import { z } from 'zod';
import { json, node, report, table } from '../../core/index.js';

/** What a queue holds, in a few figures; the rows stand in its file `queue.json`. */
export const queueSummary = z.object({
  label: z.string(),
  /** The labels that there are, sorted. */
  labels: z.array(z.string()),
  /** Rows of the table, and how many of them are to be looked at. */
  rows: z.int(),
  items: z.int(),
  /** Items that likely have a wrong label, that were drawn for the audit (some are both), that have no label. */
  suspects: z.int(),
  audited: z.int(),
  unlabelled: z.int(),
  /** Likely wrong labels in all, also those beyond the budget. */
  found: z.int(),
  /** How the probabilities were computed. */
  probabilities: z.string(),
});

/** What a review gave, in a few figures; each answer stands in its file `answers.json`. */
export const answersSummary = z.object({
  label: z.string(),
  items: z.int(),
  settled: z.int(),
  answers: z.int(),
  reviewers: z.int(),
  closed: z.enum(['complete', 'deadline']),
  byDefault: z.enum(['keep', 'drop']),
  people: z.array(z.object({ reviewer: z.string(), answers: z.int(), medianMs: z.number() })),
  pairs: z.int(),
  equalPairs: z.int(),
});

/** Figures of reviewed labels. */
export const reviewFigures = z.object({
  label: z.string(),
  rows: z.int(),
  checked: z.int(),
  changed: z.int(),
  dropped: z.int(),
  unanswered: z.int(),
  ties: z.int(),
  /** Rows of the random audit that were settled, and how many had a wrong label. */
  audited: z.int(),
  auditWrong: z.int(),
  /** Share of wrong labels before the review, estimated from the audit alone, with its 95 % interval; null without one. */
  errorRate: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** Share of equal answers among pairs for the same item; null when no item has two. */
  agreement: z.number().nullable(),
  closed: z.enum(['complete', 'deadline']),
  people: z.array(z.object({ reviewer: z.string(), answers: z.int(), medianMs: z.number() })),
});

export const queueKind = json(queueSummary);
export const answersKind = json(answersSummary);

export const suspects = node({
  name: 'labels.suspects',
  version: '1',
  title: 'Rows whose label is likely wrong, the likeliest first, and a random audit share',
  seeded: true,
  params: z.object({
    label: z.string().describe('column with the class label'),
    columns: z.array(z.string()).optional().describe('columns to judge by; all but the label by default'),
    audit: z
      .number()
      .min(0)
      .max(1)
      .default(0.05)
      .describe(
        'share of labelled rows drawn at random to be checked as well: it tells how many labels are wrong in all',
      ),
    budget: z.int().positive().optional().describe('most rows to look at, the audit included; all suspects by default'),
    folds: z.int().min(2).max(20).default(5).describe('folds of the cross-validation of logistic'),
    neighbours: z.int().min(1).max(200).default(10).describe('neighbours that vote with neighbours'),
    probabilities: z
      .enum(['auto', 'neighbours', 'logistic'])
      .default('auto')
      .describe('auto: both, averaged, up to 5,000 rows, logistic regression alone beyond'),
  }),
  inputs: { table },
  outputs: queueKind,
});

export const apply = node({
  name: 'labels.apply',
  version: '1',
  title: 'Puts the labels that people gave into the table, with a report on who changed what',
  params: z.object({}),
  inputs: { table, queue: queueKind, answers: answersKind },
  outputs: { table, report: report(reviewFigures) },
});
