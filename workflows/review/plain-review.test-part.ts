import type { Answer, Lease, NextRequest, ReviewSpec, ReviewState } from './contract.js';

/**
 * The rules of a review as plainly as they can be said: everything is computed anew from the list of answers and the
 * list of leases, for tests of the ledger, which counts as it goes.
 */
export class PlainReview {
  readonly answers: Answer[] = [];
  leases: Lease[] = [];

  constructor(readonly spec: ReviewSpec) {}

  /** The answers to an item that count, by reviewer, in the order in which reviewers came to it. */
  counting(item: number): Map<string, Answer> {
    return new Map(this.answers.filter((answer) => answer.item === item).map((answer) => [answer.reviewer, answer]));
  }

  missing(item: number): number {
    const votes = [...this.counting(item).values()].map(({ label }) => label);
    const { reviewers } = this.spec;
    if (votes.length < reviewers) return reviewers - votes.length;
    const most = Math.max(...votes.map((label) => votes.filter((other) => other === label).length));
    return most * 2 > votes.length || votes.length > 2 * reviewers ? 0 : 1;
  }

  items(): number[] {
    return Array.from({ length: this.spec.items }, (_, item) => item);
  }

  settled(): number[] {
    return this.items().filter((item) => this.missing(item) === 0);
  }

  mine(reviewer: string): number {
    return this.items().filter((item) => this.counting(item).has(reviewer)).length;
  }

  available({ reviewer, hold }: NextRequest, now: number): number[] {
    const wanted = this.items().filter((item) => this.missing(item) > 0 && !this.counting(item).has(reviewer));
    const looking = (item: number): string[] =>
      this.leases.filter((lease) => lease.item === item && lease.until > now).map((lease) => lease.reviewer);
    const held = wanted.filter((item) => looking(item).includes(reviewer));
    const free = wanted.filter((item) => !held.includes(item) && looking(item).length < this.missing(item));
    return [...held, ...free].slice(0, hold);
  }

  next(request: NextRequest, now: number): number[] {
    const { reviewer } = request;
    const held = this.available(request, now);
    this.leases = [
      ...this.leases.filter((lease) => lease.reviewer !== reviewer),
      ...held.map((item) => ({ item, reviewer, until: now + this.spec.leaseMs })),
    ];
    return held;
  }

  enter(answer: Answer): void {
    this.answers.push(answer);
    this.leases = this.leases.filter(({ item, reviewer }) => item !== answer.item || reviewer !== answer.reviewer);
  }

  figures(): Pick<ReviewState, 'people' | 'pairs' | 'equalPairs'> {
    const all = this.items().map((item) => [...this.counting(item).values()]);
    const pairs = all.flatMap((answers) =>
      answers.flatMap((one, index) => answers.slice(index + 1).map((other) => one.label === other.label)),
    );
    const people = [...new Set(this.answers.map(({ reviewer }) => reviewer))].sort().map((reviewer) => {
      const times = all
        .flat()
        .filter((answer) => answer.reviewer === reviewer)
        .map(({ ms }) => ms)
        .sort((a, b) => a - b);
      const [low, high] = [times[(times.length - 1) >> 1]!, times[times.length >> 1]!];
      return { reviewer, answers: times.length, medianMs: low === high ? low : Math.round((low + high) / 2) };
    });
    return { people, pairs: pairs.length, equalPairs: pairs.filter(Boolean).length };
  }
}
