import {
  composite,
  currentRuntime,
  defer,
  type Duration,
  durationMs,
  type Handle,
  type Json,
  type JsonKind,
  type Ref,
  report,
  type Report,
  table,
  type Table,
  valueOf,
} from '../../core/index.js';
import { TrainyardError } from '@trainyard/errors';
import { z } from 'zod';
import { REVIEW_TYPE } from '../../workflows/review/contract.js';
import {
  answersKind,
  apply,
  queueKind,
  reviewFigures,
  suspects,
  type answersSummary,
  type queueSummary,
} from './contract.js';

export interface ReviewOptions {
  readonly table: Handle<Table>;
  /** Column with the class label. */
  readonly label: string;
  /** Share of rows drawn at random to be checked as well, 0 to 1. Default 0.05. */
  readonly audit?: number;
  /** Most rows that people are asked to look at, the audit included. */
  readonly budget?: number;
  /** People asked for each row; where they differ, others are asked until more than half agree. Default 1. */
  readonly reviewers?: number;
  /** What the review is called, unique within its scope. Default: the label's column. */
  readonly name?: string;
  /** After this time `byDefault` counts for what is not answered; without it the review waits. */
  readonly deadline?: Duration;
  /** What happens to rows without an answer at the deadline: they keep their labels, or are left out. Default `keep`. */
  readonly byDefault?: 'keep' | 'drop';
  /** Markdown that is shown beside each row: how to tell the labels apart. */
  readonly guideline?: string;
  /** Columns to judge by; all but the label by default. */
  readonly columns?: readonly string[];
  /** How long a row is kept for the one it is shown to. Default 10 minutes. */
  readonly lease?: Duration;
  /** Ask people again though an equal review (same rows, labels and guideline) was answered in another lineage of runs. */
  readonly askAgain?: boolean;
}

/** All that a review gives. */
export interface Reviewed {
  readonly table: Handle<Table>;
  readonly report: Handle<Report<z.output<typeof reviewFigures>>>;
  readonly queue: Handle<JsonKind<z.output<typeof queueSummary>>>;
  readonly answers: Handle<JsonKind<z.output<typeof answersSummary>>>;
}

function giveTable(options: ReviewOptions): Handle<Table> {
  return giveAll(options).table;
}

function giveAll(options: ReviewOptions): Reviewed {
  const runtime = currentRuntime('labels.review');
  const { table, label, guideline = '', byDefault = 'keep', reviewers = 1, askAgain = false } = options;
  const name = options.name ?? label;
  const deadlineMs = options.deadline === undefined ? undefined : lengthOf('deadline', options.deadline);
  const leaseMs = lengthOf('lease', options.lease ?? '10 minutes');
  if (!Number.isInteger(reviewers) || reviewers < 1 || reviewers > 15)
    throw wrong('reviewers', 'a whole number from 1 to 15', reviewers);
  if (!/^[\w][\w .-]{0,60}$/.test(name)) throw wrong('name', 'letters, digits, dots, spaces and hyphens', name);

  const { audit, budget, columns } = options;
  const judging = {
    ...(audit === undefined ? {} : { audit }),
    ...(budget === undefined ? {} : { budget }),
    ...(columns === undefined ? {} : { columns: [...columns] }),
  };
  const queue = suspects({ table, label, ...(judging as object) }) as Reviewed['queue'];
  const answers = defer(answersKind, `review-${name}`, async () => {
    const { kind, digest, size } = await queue;
    const { items, labels } = await valueOf(queue);
    const asked = {
      queue: { kind, digest, size },
      items,
      label,
      labels,
      reviewers,
      guideline,
      byDefault,
      leaseMs,
      askAgain,
    };
    const result = await runtime.child({
      workflow: REVIEW_TYPE,
      name: 'answers',
      args: { ...asked, ...(deadlineMs === undefined ? {} : { deadlineMs }) } as Json,
    });
    return result as unknown as Ref<typeof answersKind>;
  });
  const { table: labelled, report } = apply({ table, queue, answers });
  return { table: labelled, report: report as Reviewed['report'], queue, answers };
}

const { label, columns, audit, budget } = suspects.spec.params.shape;
const title = 'Has people check labels that are likely wrong';
const duration = z.union([z.string(), z.number()]);
const about = {
  params: z.object({
    label,
    columns,
    audit,
    budget,
    reviewers: z
      .int()
      .min(1)
      .max(15)
      .default(1)
      .describe('people asked for each row; where they differ, others are asked until more than half agree'),
    name: z.string().optional().describe("what the review is called, unique within its scope; the label's column"),
    deadline: duration
      .optional()
      .describe("such as '2 days': byDefault then counts for what is not answered; without it, the review waits"),
    byDefault: z
      .enum(['keep', 'drop'])
      .default('keep')
      .describe('rows without an answer at the deadline keep their labels, or are left out'),
    guideline: z.string().default('').describe('Markdown beside each row: how to tell the labels apart'),
    lease: duration.default('10 minutes').describe('how long a row is kept for the one it is shown to'),
    askAgain: z
      .boolean()
      .default(false)
      .describe('ask people though an equal review was answered in another lineage of runs'),
  }),
  inputs: { table },
  nodes: [suspects, apply],
};

/**
 * Has people check the labels that are likely wrong, and a random share of the others; gives the table with their
 * labels. The pipeline waits for them, for weeks if need be, holding no slot. Throws TY-PARAM for a wrong option.
 */
export const review = composite({ ...about, name: 'labels.review', title, outputs: table }, giveTable);

/** As `review`, with the report, the queue and the answers beside the table. */
export const reviewed = composite(
  {
    ...about,
    name: 'labels.reviewed',
    title: `${title}, and gives the report, the queue and the answers too`,
    outputs: { table, report: report(reviewFigures), queue: queueKind, answers: answersKind },
  },
  giveAll,
);

function lengthOf(field: string, duration: Duration): number {
  const ms = durationMs(duration);
  if (ms === undefined || ms <= 0) throw wrong(field, "a length of time such as '2 days'", duration);
  return ms;
}

function wrong(field: string, expected: string, actual: unknown): TrainyardError {
  return new TrainyardError('TY-PARAM', {
    what: `labels.review: ${field} is not valid`,
    where: { field },
    expected,
    actual: JSON.stringify(actual),
  });
}
