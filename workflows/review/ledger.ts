import { sayNearest, TrainyardError } from '@trainyard/errors';
import type { PagedList } from '../../core/paged-list.js';
import type {
  Answer,
  AnswerRequest,
  AnswerRow,
  CarriedReview,
  FinalLabel,
  Lease,
  NextReply,
  NextRequest,
  ReviewFigures,
  ReviewProgress,
  ReviewSpec,
} from './contract.js';
import { ItemSet } from './item-set.js';
import { Items, type EnteredAnswer, type ItemState } from './items.js';
import { Leases } from './leases.js';
import { SortedTimes } from './sorted-times.js';

/** Items that one person may hold at once. */
const MOST_HELD = 20;

/** What is known of one reviewer who has answered. */
interface Person {
  /** Times of the answers that count, in ms. */
  readonly times: SortedTimes;
  /** Open items that this person has not answered. */
  readonly todo: ItemSet;
}

/**
 * The rules of a review: who is shown what, which answers count, when an item is settled. Plain data and no clock:
 * times come in from outside, so the same requests always give the same state. Every answer enters at one place, which
 * keeps all counts: what a request costs does not grow with the answers or the items.
 */
export class ReviewLedger {
  readonly #spec: ReviewSpec;
  readonly #byRequest = new Map<string, EnteredAnswer>();
  readonly #items: Items;
  /** Items that are not settled. */
  readonly #open: ItemSet;
  readonly #people = new Map<string, Person>();
  readonly #leases: Leases;
  #pages: PagedList<Answer>['pages'] = [];
  /** The answers that are in no page, in the order given. */
  #newest: Answer[] = [];
  #count = 0;
  #settledCount = 0;
  #pairs = 0;
  #equalPairs = 0;

  constructor(spec: ReviewSpec) {
    this.#spec = spec;
    this.#items = new Items(spec.items, spec.reviewers);
    this.#open = ItemSet.full(spec.items);
    this.#leases = new Leases();
  }

  /** All answers ever given, those that were revised included: the newest, and where the others are. */
  get answers(): PagedList<Answer> {
    return { pages: this.#pages, open: this.#newest };
  }

  /** Answers ever given. */
  get count(): number {
    return this.#count;
  }

  /** Lets go of answers that a page holds now: what counts of them stays known. */
  letGo(put: (now: PagedList<Answer>) => PagedList<Answer>): void {
    const { pages, open } = put(this.answers);
    this.#pages = pages;
    this.#newest = [...open];
  }

  /** Goes on from what was carried over; `paged` are the answers in its pages, all of them, in their order. */
  carryOn({ pages = [], answers, leases }: Omit<CarriedReview, 'startedAt'>, paged: readonly AnswerRow[] = []): void {
    for (const [item, label, reviewer, ms, requestId] of paged) this.#enter({ item, label, reviewer, ms, requestId });
    this.#pages = pages;
    for (const answer of answers) this.#add(answer);
    for (const { item, reviewer, until } of leases) if (this.#items.of(item)) this.#leases.set(item, reviewer, until);
  }

  /** What is kept for whom at this time. */
  leases(now: number): Lease[] {
    return this.#leases.all(now);
  }

  get complete(): boolean {
    return this.#settledCount === this.#spec.items;
  }

  figures(): ReviewFigures {
    const people = [...this.#people]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([reviewer, { times }]) => ({ reviewer, answers: times.length, medianMs: times.median() }));
    return {
      answers: this.#count,
      people,
      pairs: this.#pairs,
      equalPairs: this.#equalPairs,
      settled: this.#settledCount,
    };
  }

  progress(reviewer: string): ReviewProgress {
    const mine = this.#people.get(reviewer)?.times.length ?? 0;
    return { items: this.#spec.items, settled: this.#settledCount, mine };
  }

  /**
   * Keeps items for a reviewer and says which. Asking again gives the same ones: nothing is lost when a reply is. An
   * item is shown to no more people at once than it still needs answers of.
   */
  next(request: NextRequest, now: number): NextReply {
    const held = this.available(request, now);
    this.#leases.keep(request.reviewer, held, now, now + this.#spec.leaseMs);
    return { ...this.progress(request.reviewer), held };
  }

  /** The items that `next` would keep: first those that the reviewer holds, then others in the order of the queue. Changes nothing. */
  available({ reviewer, hold }: NextRequest, now: number): number[] {
    const todo = this.#people.get(reviewer)?.todo ?? this.#open;
    const found = this.#leases
      .of(reviewer, now)
      .filter((item) => todo.has(item))
      .slice(0, hold);
    for (let item = todo.next(0); item >= 0 && found.length < hold; item = todo.next(item + 1))
      if (!found.includes(item) && this.#leases.others(item, reviewer, now) < this.#items.of(item)!.missing)
        found.push(item);
    return found;
  }

  /** Throws TY-REVIEW-ANSWER when a request for items is not acceptable. */
  checkNext({ reviewer, hold }: NextRequest): void {
    checkReviewer(reviewer);
    if (!Number.isInteger(hold) || hold < 1 || hold > MOST_HELD)
      refuse('so many items cannot be held at once', 'hold', `a whole number from 1 to ${MOST_HELD}`, hold);
  }

  /** Throws TY-REVIEW-ANSWER when an answer is not acceptable; an answer that is there already always is. Changes nothing. */
  checkAnswer(request: AnswerRequest, open = true): void {
    checkReviewer(request.reviewer);
    const { item, label, requestId, note, ms, revises } = request;
    const { items, labels } = this.#spec;
    if (!isText(requestId, 1, 100)) refuse('the answer has no id', 'requestId', '1 to 100 characters', requestId);
    if (!Number.isInteger(item) || item < 0 || item >= items)
      refuse('there is no such item', 'item', `a whole number from 0 to ${items - 1}`, item);
    if (!labels.includes(label))
      refuse(
        `"${String(label)}" is not a label here; ${sayNearest(String(label), labels)}`,
        'label',
        labels.join(', '),
      );
    if (note !== undefined && !isText(note, 0, 2000))
      refuse('the note is not a text, or too long', 'note', 'at most 2000 characters');
    if (!Number.isFinite(ms) || ms < 0) refuse('the time taken is no time', 'ms', 'milliseconds, 0 or more', ms);
    const known = this.#byRequest.get(requestId);
    if (known) {
      if (known.item === item && known.label === label && known.reviewer === request.reviewer) return;
      refuse('another answer was already sent under this id', 'requestId', 'an id of its own for each answer');
    }
    if (!open) refuse('the review is closed', 'item', 'an open review');
    const state = this.#items.of(item);
    const earlier = state?.counting.get(request.reviewer);
    if (earlier && revises !== earlier.requestId)
      refuse(
        `${request.reviewer} has answered this item already`,
        'revises',
        `the id of the answer to be replaced: ${earlier.requestId}`,
        revises,
      );
    if (!earlier && revises !== undefined)
      refuse('there is no answer of this reviewer to be replaced', 'revises', 'nothing', revises);
    if (!earlier && state?.missing === 0)
      refuse('others have settled this item meanwhile', 'item', 'an item that is still open', item);
  }

  /** Whether an answer under this id is on the record. */
  has(requestId: string): boolean {
    return this.#byRequest.has(requestId);
  }

  /** Enters an answer that was checked; one that is there already changes nothing. Gives back whether it is new. */
  answer(request: AnswerRequest, now: number): boolean {
    if (this.#byRequest.has(request.requestId)) return false;
    const { item, label, reviewer, note, ms, requestId, revises } = request;
    this.#add({
      item,
      label,
      reviewer,
      ms: Math.round(ms),
      requestId,
      at: now,
      ...(note ? { note } : {}),
      ...(revises === undefined ? {} : { revises }),
    });
    return true;
  }

  /** What each item's label is by the answers so far. */
  finals(): FinalLabel[] {
    return this.#items.finals();
  }

  #add(answer: Answer): void {
    if (this.#enter(answer)) this.#newest.push(answer);
  }

  /** The one place at which an answer comes in: all counts are kept here. */
  #enter(answer: EnteredAnswer): boolean {
    const { item, reviewer, label, ms, requestId } = answer;
    const state = this.#items.of(item);
    if (!state) return false;
    this.#count++;
    this.#byRequest.set(requestId, answer);
    const person = this.#person(reviewer);
    const earlier = state.counting.get(reviewer);
    if (earlier) person.times.delete(earlier.ms);
    person.times.add(ms);
    for (const [who, other] of state.counting) {
      if (who === reviewer) continue;
      if (!earlier) this.#pairs++;
      this.#equalPairs += Number(other.label === label) - Number(other.label === earlier?.label);
    }
    state.counting.set(reviewer, answer);
    person.todo.delete(item);
    this.#leases.drop(item, reviewer);
    this.#needs(item, state, this.#items.missing(state));
    return true;
  }

  /** Takes down how many more answers an item needs. A revised answer can open it again. */
  #needs(item: number, state: ItemState, missing: number): void {
    const [was, is] = [state.missing === 0, missing === 0];
    state.missing = missing;
    if (is === was) return;
    this.#settledCount += is ? 1 : -1;
    if (is) this.#open.delete(item);
    else this.#open.add(item);
    for (const [who, { todo }] of this.#people) {
      if (is) todo.delete(item);
      else if (!state.counting.has(who)) todo.add(item);
    }
  }

  #person(reviewer: string): Person {
    const known = this.#people.get(reviewer);
    if (known) return known;
    const person = { times: new SortedTimes(), todo: this.#open.copy() };
    this.#people.set(reviewer, person);
    return person;
  }
}

function isText(value: unknown, least: number, most: number): boolean {
  return typeof value === 'string' && value.length >= least && value.length <= most;
}

function checkReviewer(reviewer: unknown): void {
  if (!isText(reviewer, 1, 100) || String(reviewer).trim() === '')
    refuse('the reviewer has no name', 'reviewer', '1 to 100 characters', reviewer);
}

function refuse(what: string, field: string, expected: string, actual?: unknown): never {
  throw new TrainyardError('TY-REVIEW-ANSWER', {
    what,
    where: { field },
    expected,
    ...(actual === undefined ? {} : { actual: JSON.stringify(actual)?.slice(0, 200) }),
  });
}
