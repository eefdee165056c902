import { TrainyardError } from '../../core/errors/index.js';
import { sayNearest } from '../../core/nearest.js';
import type {
  Answer,
  AnswerRequest,
  FinalLabel,
  Lease,
  NextReply,
  NextRequest,
  ReviewerState,
  ReviewProgress,
  ReviewSpec,
} from './contract.js';

/** Items that one person may hold at once. */
const MOST_HELD = 20;

/**
 * The rules of a review: who is shown what, which answers count, when an item is settled. Plain data and no clock:
 * times come in from outside, so the same requests always give the same state.
 */
export class ReviewLedger {
  readonly #spec: ReviewSpec;
  readonly #answers: Answer[] = [];
  readonly #byRequest = new Map<string, Answer>();
  /** For each item the answers that count, one for each reviewer, in the order given. */
  readonly #counting: Map<string, Answer>[];
  /** For each item those who are looking at it. */
  readonly #leases: Map<string, number>[];
  readonly #settled: boolean[];
  #settledCount = 0;

  constructor(spec: ReviewSpec, answers: readonly Answer[] = [], leases: readonly Lease[] = []) {
    this.#spec = spec;
    this.#counting = Array.from({ length: spec.items }, () => new Map<string, Answer>());
    this.#leases = Array.from({ length: spec.items }, () => new Map<string, number>());
    this.#settled = Array.from({ length: spec.items }, () => false);
    for (const answer of answers) this.#enter(answer);
    for (const { item, reviewer, until } of leases) this.#leases[item]?.set(reviewer, until);
  }

  /** All answers ever given, those that were revised included. */
  get answers(): readonly Answer[] {
    return this.#answers;
  }

  get leases(): Lease[] {
    return this.#leases.flatMap((held, item) => [...held].map(([reviewer, until]) => ({ item, reviewer, until })));
  }

  get complete(): boolean {
    return this.#settledCount === this.#spec.items;
  }

  progress(reviewer: string): ReviewProgress {
    const mine = this.#counting.reduce((sum, answers) => sum + (answers.has(reviewer) ? 1 : 0), 0);
    return { items: this.#spec.items, settled: this.#settledCount, mine };
  }

  /**
   * Keeps items for a reviewer and says which. Asking again gives the same ones: nothing is lost when a reply is. An
   * item is shown to no more people at once than it still needs answers of.
   */
  next(request: NextRequest, now: number): NextReply {
    const held = this.available(request, now);
    this.#leases.forEach((leases, item) => {
      if (held.includes(item)) leases.set(request.reviewer, now + this.#spec.leaseMs);
      else leases.delete(request.reviewer);
    });
    return { ...this.progress(request.reviewer), held };
  }

  /** The items that `next` would keep: first those that the reviewer holds, then others in the order of the queue. Changes nothing. */
  available({ reviewer, hold }: NextRequest, now: number): number[] {
    const found: number[] = [];
    const take = (fits: (item: number) => boolean): void => {
      for (let item = 0; item < this.#spec.items && found.length < hold; item++)
        if (!found.includes(item) && this.#wants(item, reviewer) && fits(item)) found.push(item);
    };
    take((item) => (this.#leases[item]?.get(reviewer) ?? 0) > now);
    take((item) => this.#lookedAt(item, reviewer, now) < this.#missing(item));
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
    const earlier = this.#counting[item]?.get(request.reviewer);
    if (earlier && revises !== earlier.requestId)
      refuse(
        `${request.reviewer} has answered this item already`,
        'revises',
        `the id of the answer to be replaced: ${earlier.requestId}`,
        revises,
      );
    if (!earlier && revises !== undefined)
      refuse('there is no answer of this reviewer to be replaced', 'revises', 'nothing', revises);
    if (!earlier && this.#settled[item])
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
    this.#enter({
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
    return this.#counting.map((answers, item) => ({ item, ...settle([...answers.values()], this.#settled[item]!) }));
  }

  people(): ReviewerState[] {
    const times = new Map<string, number[]>();
    for (const answers of this.#counting)
      for (const { reviewer, ms } of answers.values()) times.set(reviewer, [...(times.get(reviewer) ?? []), ms]);
    return [...times]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([reviewer, taken]) => ({ reviewer, answers: taken.length, medianMs: median(taken) }));
  }

  /** Pairs of answers to the same item by different people, and how many are equal. */
  agreement(): { pairs: number; equalPairs: number } {
    let [pairs, equalPairs] = [0, 0];
    for (const answers of this.#counting) {
      const labels = [...answers.values()].map((answer) => answer.label);
      labels.forEach((label, index) => {
        for (const other of labels.slice(index + 1)) {
          pairs++;
          if (other === label) equalPairs++;
        }
      });
    }
    return { pairs, equalPairs };
  }

  #enter(answer: Answer): void {
    const counting = this.#counting[answer.item];
    if (!counting) return;
    this.#answers.push(answer);
    this.#byRequest.set(answer.requestId, answer);
    counting.set(answer.reviewer, answer);
    this.#leases[answer.item]?.delete(answer.reviewer);
    const settled = this.#missing(answer.item) === 0;
    if (settled !== this.#settled[answer.item]) this.#settledCount += settled ? 1 : -1;
    this.#settled[answer.item] = settled;
  }

  /** How many more answers an item needs: up to the number of reviewers, then one at a time until more than half agree. */
  #missing(item: number): number {
    const answers = [...(this.#counting[item]?.values() ?? [])];
    const { reviewers } = this.#spec;
    if (answers.length < reviewers) return reviewers - answers.length;
    return leader(answers)[1] * 2 > answers.length || answers.length > 2 * reviewers ? 0 : 1;
  }

  #wants(item: number, reviewer: string): boolean {
    return !this.#settled[item] && !this.#counting[item]?.has(reviewer);
  }

  /** How many others look at an item. */
  #lookedAt(item: number, reviewer: string, now: number): number {
    let looking = 0;
    for (const [who, until] of this.#leases[item] ?? []) if (who !== reviewer && until > now) looking++;
    return looking;
  }
}

/** The label with the most answers and how many; of equals the one named first. */
function leader(answers: readonly Answer[]): readonly [label: string, votes: number] {
  const votes = new Map<string, number>();
  for (const { label } of answers) votes.set(label, (votes.get(label) ?? 0) + 1);
  let best: readonly [string, number] = ['', 0];
  for (const entry of votes) if (entry[1] > best[1]) best = entry;
  return best;
}

function settle(answers: readonly Answer[], settled: boolean): { label: string | null; how: FinalLabel['how'] } {
  if (!settled) return { label: null, how: 'unanswered' };
  const [label, votes] = leader(answers);
  if (votes === answers.length) return { label, how: 'agreed' };
  return votes * 2 > answers.length ? { label, how: 'majority' } : { label: null, how: 'tie' };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : Math.round((sorted[middle - 1]! + sorted[middle]!) / 2);
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
