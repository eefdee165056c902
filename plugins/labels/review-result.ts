import type { z } from 'zod';
import type { Answer, FinalLabel, QueueItem, ReviewQueue } from '../../workflows/review/contract.js';
import { wilson } from '@trainyard/metrics';
import type { answersSummary, reviewFigures } from './contract.js';

/** What `answers.json` of a review holds beside its summary. */
export interface AnswersFile extends z.output<typeof answersSummary> {
  readonly run: string;
  readonly name: string;
  readonly queue: string;
  readonly guideline: string;
  readonly startedAt: number;
  readonly closedAt: number;
  readonly finals: readonly FinalLabel[];
  readonly all: readonly Answer[];
}

/** Where a label comes from: every answer to its item, and what became of them. */
export interface Provenance {
  readonly row: string;
  readonly given: string | null;
  readonly label: string | null;
  readonly how: FinalLabel['how'];
  readonly why: QueueItem['why'];
  readonly answers: readonly Pick<Answer, 'label' | 'reviewer' | 'note' | 'ms' | 'at'>[];
}

export interface ReviewResult {
  /** A label for each row that changes, null for a row that is left out. */
  readonly changes: ReadonlyMap<string, string | null>;
  readonly figures: z.output<typeof reviewFigures>;
  readonly provenance: readonly Provenance[];
}

/** What the answers of people mean for a table of `rows` rows. */
export function reviewResult(queue: ReviewQueue, answers: AnswersFile, rows: number): ReviewResult {
  const given = new Map<number, Answer[]>();
  for (const answer of answers.all) given.set(answer.item, [...(given.get(answer.item) ?? []), answer]);
  const changes = new Map<string, string | null>();
  const provenance = answers.finals.map((final): Provenance => {
    const item = queue.items[final.item]!;
    if (final.how === 'unanswered' && answers.byDefault === 'drop') changes.set(item.row, null);
    else if (final.label !== null && final.label !== item.given) changes.set(item.row, final.label);
    return {
      row: item.row,
      given: item.given,
      label: final.label ?? (changes.has(item.row) ? null : item.given),
      how: final.how,
      why: item.why,
      answers: (given.get(final.item) ?? []).map(({ label, reviewer, note, ms, at }) => ({
        label,
        reviewer,
        ms,
        at,
        ...(note === undefined ? {} : { note }),
      })),
    };
  });
  return { changes, provenance, figures: figures(answers, rows, provenance) };
}

function figures(
  answers: AnswersFile,
  rows: number,
  provenance: readonly Provenance[],
): z.output<typeof reviewFigures> {
  const count = (test: (of: Provenance) => boolean): number => provenance.filter(test).length;
  const settled = (of: Provenance): boolean => of.how === 'agreed' || of.how === 'majority';
  const audited = count((of) => of.why.includes('audit') && settled(of));
  const auditWrong = count((of) => of.why.includes('audit') && settled(of) && of.label !== of.given);
  const [low, high] = wilson(auditWrong, audited);
  return {
    label: answers.label,
    rows,
    checked: count(settled),
    changed: count((of) => settled(of) && of.label !== of.given),
    dropped: count((of) => of.how === 'unanswered' && answers.byDefault === 'drop'),
    unanswered: count((of) => of.how === 'unanswered'),
    ties: count((of) => of.how === 'tie'),
    audited,
    auditWrong,
    errorRate: audited === 0 ? null : { estimate: auditWrong / audited, low, high },
    agreement: answers.pairs === 0 ? null : answers.equalPairs / answers.pairs,
    closed: answers.closed,
    people: answers.people.slice(0, 20),
  };
}
