import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isTrainyardError } from '@trainyard/errors';
import { digestText } from '../../core/digest.js';
import type { AnswerRequest, ReviewSpec } from './contract.js';
import { ReviewLedger } from './ledger.js';

const spec = (items: number, reviewers = 1): ReviewSpec => ({
  queue: { kind: 'json', digest: digestText('queue'), size: 1 },
  items,
  label: 'species',
  labels: ['a', 'b', 'c'],
  reviewers,
  guideline: '',
  byDefault: 'keep',
  leaseMs: 1000,
  askAgain: false,
});

let count = 0;
const answer = (item: number, label: string, reviewer = 'ann', more: Partial<AnswerRequest> = {}): AnswerRequest => ({
  item,
  label,
  reviewer,
  ms: 100,
  requestId: `request ${count++}`,
  ...more,
});

function give(ledger: ReviewLedger, request: AnswerRequest, now = 0): void {
  ledger.checkAnswer(request);
  ledger.answer(request, now);
}

const refusal = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    if (isTrainyardError(error) && error.code === 'TY-REVIEW-ANSWER') return String(error.where.field);
    throw error;
  }
  return 'accepted';
};

describe('a review', () => {
  it('shows an item to no more people at once than it needs answers of, and gives it on when a lease has run out', () => {
    const ledger = new ReviewLedger(spec(3));
    expect(ledger.next({ reviewer: 'ann', hold: 2 }, 0).held).toEqual([0, 1]);
    expect(ledger.next({ reviewer: 'bob', hold: 2 }, 500).held).toEqual([2]);
    expect(ledger.next({ reviewer: 'ann', hold: 2 }, 900).held).toEqual([0, 1]);
    expect(ledger.next({ reviewer: 'bob', hold: 3 }, 1950).held).toEqual([0, 1, 2]);
  });

  it('counts an answer that is sent twice once, and refuses another one under its id', () => {
    const ledger = new ReviewLedger(spec(2));
    const first = answer(0, 'a');
    give(ledger, first);
    give(ledger, first);
    expect(ledger.count).toBe(1);
    expect(refusal(() => ledger.checkAnswer({ ...first, label: 'b' }))).toBe('requestId');
  });

  it('acknowledges an answer again also when the review is closed, and refuses new ones', () => {
    const ledger = new ReviewLedger(spec(1));
    const last = answer(0, 'a');
    give(ledger, last);
    expect(refusal(() => ledger.checkAnswer(last, false))).toBe('accepted');
    expect(refusal(() => ledger.checkAnswer(answer(0, 'b', 'bob'), false))).toBe('item');
  });

  it('lets a person revise an answer, and keeps both on the record', () => {
    const ledger = new ReviewLedger(spec(2));
    const first = answer(0, 'a');
    give(ledger, first);
    expect(refusal(() => ledger.checkAnswer(answer(0, 'b')))).toBe('revises');
    give(ledger, answer(0, 'b', 'ann', { revises: first.requestId }));
    expect(ledger.finals()[0]).toEqual({ item: 0, label: 'b', how: 'agreed' });
    expect(ledger.answers.open.map(({ label }) => label)).toEqual(['a', 'b']);
  });

  it('asks others until more than half agree, and calls it a tie when that does not come about', () => {
    const ledger = new ReviewLedger(spec(1, 2));
    give(ledger, answer(0, 'a', 'ann'));
    give(ledger, answer(0, 'b', 'bob'));
    expect(ledger.complete).toBe(false);
    expect(ledger.next({ reviewer: 'ann', hold: 1 }, 0).held).toEqual([]);
    expect(ledger.next({ reviewer: 'cem', hold: 1 }, 0).held).toEqual([0]);
    give(ledger, answer(0, 'b', 'cem'));
    expect(ledger.finals()).toEqual([{ item: 0, label: 'b', how: 'majority' }]);

    const split = new ReviewLedger(spec(1, 1));
    give(split, answer(0, 'a', 'ann'));
    expect(split.complete).toBe(true);
    const torn = new ReviewLedger(spec(1, 2));
    ['a', 'b', 'c', 'a', 'b'].forEach((label, index) => give(torn, answer(0, label, `person ${index}`)));
    expect(torn.finals()).toEqual([{ item: 0, label: null, how: 'tie' }]);
  });

  it.each([
    ['item', { item: 9 }],
    ['item', { item: 0.5 }],
    ['label', { label: 'd' }],
    ['reviewer', { reviewer: ' ' }],
    ['note', { note: 'x'.repeat(2001) }],
    ['ms', { ms: Number.NaN }],
    ['requestId', { requestId: '' }],
    ['revises', { revises: 'nothing' }],
  ])('refuses a wrong %s, naming it', (field, more) => {
    expect(refusal(() => new ReviewLedger(spec(2)).checkAnswer(answer(0, 'a', 'ann', more)))).toBe(field);
  });

  it('settles every item with whatever people, order and lost replies, and goes on alike from what is carried over', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.record({ who: fc.nat(7), label: fc.constantFrom('a', 'b', 'c'), twice: fc.boolean() }), {
          minLength: 200,
          maxLength: 200,
        }),
        (items, reviewers, steps) => {
          let ledger = new ReviewLedger(spec(items, reviewers));
          steps.forEach(({ who, label, twice }, now) => {
            const reviewer = `person ${who}`;
            const [item] = ledger.next({ reviewer, hold: 1 }, now * 10).held;
            if (item === undefined) return;
            const request = answer(item, label, reviewer);
            give(ledger, request, now * 10);
            if (twice) {
              const carried = new ReviewLedger(spec(items, reviewers));
              carried.carryOn({ answers: ledger.answers.open, leases: ledger.leases(now * 10) });
              expect(carried.finals()).toEqual(ledger.finals());
              ledger = carried;
              give(ledger, request, now * 10);
            }
          });
          // In the end everybody comes by until nothing is left for anybody.
          for (let round = 0; round < 60; round++) {
            const reviewer = `person ${round % 8}`;
            for (const item of ledger.next({ reviewer, hold: 10 }, 1e6 + round * 2000).held)
              give(ledger, answer(item, 'a', reviewer), 1e6 + round * 2000);
          }
          expect(ledger.complete).toBe(true);
          const perItem = new Map<string, number>();
          for (const { item, reviewer } of ledger.answers.open) {
            const key = `${item} ${reviewer}`;
            perItem.set(key, (perItem.get(key) ?? 0) + 1);
          }
          expect([...perItem.values()].every((times) => times === 1)).toBe(true);
          expect(ledger.progress('nobody').settled).toBe(
            ledger.finals().filter(({ how }) => how !== 'unanswered').length,
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
