import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { digestText } from '../../core/digest.js';
import { isTrainyardError } from '@trainyard/errors';
import { folded, nextFold, pagedCount } from '../../core/paged-list.js';
import type { AnswerRequest, AnswerRow, ReviewSpec } from './contract.js';
import { Desk } from './desk.js';
import { ItemSet } from './item-set.js';
import { Items } from './items.js';
import { ReviewLedger } from './ledger.js';
import { SortedTimes } from './sorted-times.js';
import { PlainReview } from './plain-review.test-part.js';

const LABELS = ['a', 'b', 'c'];
const spec = (items: number, reviewers = 1): ReviewSpec => ({
  queue: { kind: 'json', digest: digestText('queue'), size: 1 },
  items,
  label: 'species',
  labels: LABELS,
  reviewers,
  guideline: '',
  byDefault: 'keep',
  leaseMs: 50,
  askAgain: false,
});

describe('what a review counts as it goes', () => {
  it('is what a plain recomputation gives, after any sequence of requests', () => {
    const who = fc.nat(4).map((n) => `person ${n}`);
    const step = fc.record({
      what: fc.constantFrom('next', 'answer', 'answer', 'answer', 'again', 'revise', 'page', 'carry'),
      who,
      hold: fc.integer({ min: 1, max: 4 }),
      item: fc.nat(8),
      label: fc.constantFrom(...LABELS),
      ms: fc.nat(9),
      wait: fc.nat(40),
    });
    const sequence = fc.record({
      items: fc.integer({ min: 0, max: 9 }),
      reviewers: fc.integer({ min: 1, max: 3 }),
      steps: fc.array(step, { maxLength: 40, size: 'max' }),
    });
    fc.assert(
      fc.property(sequence, ({ items, reviewers, steps }) => {
        let ledger = new ReviewLedger(spec(items, reviewers));
        const plain = new PlainReview(spec(items, reviewers));
        const people = [...new Set(steps.map((step) => step.who))];
        let now = 1;
        for (const [index, { what, who: reviewer, hold, item, label, ms, wait }] of steps.entries()) {
          now += wait;
          if (what === 'next')
            expect(ledger.next({ reviewer, hold }, now).held).toEqual(plain.next({ reviewer, hold }, now));
          else if (what === 'page') letGo(ledger, hold * 120);
          else if (what === 'carry') ledger = carriedOn(ledger, plain, now);
          else {
            const earlier = plain.counting(item).get(reviewer);
            const request: AnswerRequest =
              what === 'again' && earlier
                ? earlier
                : {
                    ...{ item, label, reviewer, ms, requestId: `request ${index}` },
                    ...(what === 'revise' && earlier ? { revises: earlier.requestId } : {}),
                  };
            if (accepted(ledger, request) && ledger.answer(request, now)) plain.enter({ ...request, at: now });
          }
          compare(ledger, plain, people, now);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('holds items as a set does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2100 }),
        fc.array(fc.nat(2099), { maxLength: 200, size: 'max' }),
        (size, places) => {
          const [set, plain] = [ItemSet.full(size), new Set(Array.from({ length: size }, (_, item) => item))];
          for (const [index, place] of places.filter((one) => one < size).entries()) {
            // Long stretches go at once, so that whole words are empty.
            for (let item = place; item < Math.min(size, place + (index % 3) * 100); item++) {
              set.delete(item);
              plain.delete(item);
            }
            if (index % 5 === 4) {
              set.add(place);
              plain.add(place);
            }
            const copy = set.copy();
            const behind = [...plain].filter((one) => one >= place);
            expect(set.next(place)).toBe(behind.length === 0 ? -1 : Math.min(...behind));
            copy.delete(place);
            expect(set.has(place)).toBe(plain.has(place));
          }
          expect(members(set)).toEqual([...plain].sort((a, b) => a - b));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('knows the median of times that come and go', () => {
    const times = fc.array(fc.record({ value: fc.nat(3000), go: fc.boolean() }), { maxLength: 3000, size: 'max' });
    fc.assert(
      fc.property(times, (steps) => {
        const [sorted, plain] = [new SortedTimes(), [] as number[]];
        for (const [index, { value, go }] of steps.entries()) {
          if (go && plain.length > 0) sorted.delete(plain.splice(value % plain.length, 1)[0]!);
          sorted.add(value);
          plain.push(value);
          if (index % 97 !== 0) continue;
          const inOrder = [...plain].sort((a, b) => a - b);
          const [low, high] = [inOrder[(inOrder.length - 1) >> 1]!, inOrder[inOrder.length >> 1]!];
          expect([sorted.length, sorted.median()]).toEqual([
            plain.length,
            low === high ? low : Math.round((low + high) / 2),
          ]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is not counted by walking: details were quadratic in the answers, and each request looked at all items', () => {
    for (const [people, reviewers] of [
      [1, 1],
      [1, 2],
      [4, 4],
    ] as const) {
      const [few, many] = [100, 1_000].map((items) => readsOf(items, people, reviewers));
      expect(few).toBeGreaterThan(1);
      expect(many).toBeLessThan(1.5 * few!);
    }
  });
});

function compare(ledger: ReviewLedger, plain: PlainReview, people: readonly string[], now: number): void {
  const settled = plain.settled();
  const { items } = plain.spec;
  const each = <T>(told: (reviewer: string) => T): T[] => [...people, 'nobody'].map(told);
  const holds = [1, 20];
  expect({
    ...ledger.figures(),
    complete: ledger.complete,
    finals: ledger.finals().flatMap(({ item, how }) => (how === 'unanswered' ? [] : [item])),
    newest: ledger.answers.open.map(({ requestId }) => requestId),
    progress: each((reviewer) => ledger.progress(reviewer)),
    available: each((reviewer) => holds.map((hold) => ledger.available({ reviewer, hold }, now))),
  }).toEqual({
    ...plain.figures(),
    complete: settled.length === items,
    settled: settled.length,
    finals: settled,
    answers: plain.answers.length,
    newest: plain.answers.slice(pagedCount(ledger.answers)).map(({ requestId }) => requestId),
    progress: each((reviewer) => ({ items, settled: settled.length, mine: plain.mine(reviewer) })),
    available: each((reviewer) => holds.map((hold) => plain.available({ reviewer, hold }, now))),
  });
}

/** Has the oldest answers kept elsewhere. */
function letGo(ledger: ReviewLedger, bytes: number): void {
  const fold = nextFold(ledger.answers, bytes);
  if (fold) ledger.letGo((now) => folded(now, fold, digestText(JSON.stringify(fold.items))));
}

/** The ledger after a continue-as-new: it gets what is in no page, and of the rest what a review reads of its pages. */
function carriedOn(ledger: ReviewLedger, plain: PlainReview, now: number): ReviewLedger {
  const { answers } = ledger;
  const carried = new ReviewLedger(plain.spec);
  const paged = plain.answers
    .slice(0, pagedCount(answers))
    .map(({ item, label, reviewer, ms, requestId }): AnswerRow => [item, label, reviewer, ms, requestId]);
  carried.carryOn({ pages: answers.pages, answers: answers.open, leases: ledger.leases(now) }, paged);
  return carried;
}

function accepted(ledger: ReviewLedger, request: AnswerRequest): boolean {
  try {
    ledger.checkAnswer(request);
    return true;
  } catch (error) {
    expect(isTrainyardError(error)).toBe(true);
    return false;
  }
}

function members(set: ItemSet): number[] {
  const found: number[] = [];
  for (let item = set.next(0); item >= 0; item = set.next(item + 1)) found.push(item);
  return found;
}

/**
 * Looks at items and at answers that one more answer costs, on average, with all that is asked beside it. One person
 * holds what is first in the queue meanwhile; the others come one after the other.
 */
function readsOf(items: number, people: number, reviewers: number): number {
  const ledger = new ReviewLedger(spec(items, reviewers));
  const desk = new Desk(ledger);
  desk.serve({ kind: 'next', reviewer: 'late', hold: 20 }, 'open', 0);
  const looks = vi.spyOn(Items.prototype, 'of');
  let reads = 0;
  for (let index = 0; index < items * people; index++) {
    const item = index % items;
    const reviewer = `person ${Math.floor(index / items)}`;
    const answer = { item, label: LABELS[item % 3]!, reviewer, ms: item % 700, requestId: `${index}` };
    const asked = { kind: 'answer', hold: 3, ...answer } as const;
    if (!desk.changes(asked, 'open', 1) || 'refused' in desk.serve(asked, 'open', 1)) throw new Error('not taken');
    ledger.figures();
    const entered = ledger.answers.open.at(-1)!;
    for (const [field, value] of Object.entries(entered))
      Object.defineProperty(entered, field, { get: () => (reads++, value) });
  }
  expect(ledger.progress('late').settled).toBe(people === reviewers ? items : 0);
  reads += looks.mock.calls.length;
  looks.mockRestore();
  return reads / (items * people);
}
