import type { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import { TrainyardError } from '@trainyard/errors';
import { canonical } from '../../core/json.js';
import { digestText } from '../../core/digest.js';
import { failureOf } from '../../core/failure.js';
import type { JsonKind, Ref } from '../../core/kinds.js';
import { countOf, itemsBetween } from '../../core/paged-list.js';
import { pageEnd } from '../../core/paging.js';
import { currentSandbox } from '../../project/sandbox.js';
import {
  Artifacts,
  createRecord,
  pageReader,
  readRecord,
  RECORDS,
  type Store,
  type StoreKey,
} from '../../store/index.js';
import type {
  Answer,
  AnswerRow,
  ReviewActivities,
  ReviewAsked,
  ReviewOutcome,
} from '../../workflows/review/contract.js';

/** Most answers that are read for one payload. */
const ROWS = 1_000;

/** An answer as it stands in a page. */
const answerSchema = z.object({
  item: z.int().min(0),
  label: z.string(),
  reviewer: z.string(),
  note: z.string().exactOptional(),
  ms: z.number().min(0),
  requestId: z.string(),
  revises: z.string().exactOptional(),
  at: z.number(),
}) satisfies z.ZodType<Answer>;

/** Activities of label reviews, for the Workflow worker. */
export function reviewActivities({ store }: { store: Store }): ReviewActivities {
  const artifacts = new Artifacts(store);
  const pages = pageReader<Answer>(store, answerSchema);
  return {
    'trainyard.findReview': async (input) => {
      if (currentSandbox() !== undefined) throw nobodyToAsk(input);
      return (await readRecord(store, recordKey(input), RECORDS.answers)) as Ref<JsonKind> | null;
    },
    'trainyard.readAnswers': async (paged, from) => {
      const answers = await itemsBetween({ pages: paged, open: [] }, from, from + ROWS, pages);
      const rows = answers.map(({ item, label, reviewer, ms, requestId }): AnswerRow => [
        item,
        label,
        reviewer,
        ms,
        requestId,
      ]);
      return rows.slice(0, pageEnd(rows));
    },
    'trainyard.writeReview': async (outcome) => {
      const all = await itemsBetween(outcome.answers, 0, countOf(outcome.answers), pages);
      const ref = (await artifacts.write('json', answersArtifact(outcome, all))) as Ref<JsonKind>;
      if (outcome.closed !== 'complete') return ref;
      const key = recordKey(outcome.input);
      if (await createRecord(store, key, RECORDS.answers, ref)) return ref;
      // This very review, tried again, or an equal one that was faster: one of them counts everywhere.
      return ((await readRecord(store, key, RECORDS.answers)) as Ref<JsonKind> | null) ?? ref;
    },
  };
}

/** A repetition asks nobody: it waits for no answers that the run has not got. */
function nobodyToAsk({ name, run }: ReviewAsked): ApplicationFailure {
  const error = new TrainyardError('TY-NODE-INPUT', {
    what: `the review "${name}" would ask people: the run that is repeated has no answers of it`,
    where: { run: run.id },
    remedy: 'look at the first difference: the run has taken another way from there',
  });
  return failureOf(error);
}

/** Where the answers of a review are found again: by what was asked, not by who asked, unless each lineage asks anew. */
function recordKey({ args, run }: ReviewAsked): StoreKey {
  const { queue, label, labels, reviewers, guideline, askAgain } = args;
  const asked = {
    queue: queue.digest,
    label,
    labels,
    reviewers,
    guideline,
    ...(askAgain ? { lineage: run.lineage } : {}),
  };
  return `reviews/${digestText(canonical(asked))}`;
}

function answersArtifact({ input, finals, ...outcome }: ReviewOutcome, all: readonly Answer[]) {
  const { args, run, name } = input;
  const { queue, label, labels, reviewers, guideline, byDefault } = args;
  const summary = {
    label,
    items: args.items,
    settled: finals.filter(({ how }) => how !== 'unanswered').length,
    answers: all.length,
    reviewers,
    closed: outcome.closed,
    byDefault,
    people: outcome.people.slice(0, 20),
    pairs: outcome.pairs,
    equalPairs: outcome.equalPairs,
  };
  const whole = {
    format: 1,
    run: run.id,
    name,
    queue: queue.digest,
    labels,
    guideline,
    startedAt: outcome.startedAt,
    closedAt: outcome.closedAt,
    ...summary,
    people: outcome.people,
    finals,
    all,
  };
  return { value: JSON.parse(canonical(summary)), files: { 'answers.json': `${canonical(whole)}\n` } };
}
