import type { Account } from './account.js';
import type { Candidate } from './candidate.js';
import type { BestRecord } from './contract.js';
import type { Fitting } from './fit.js';
import type { Learner } from './learners/index.js';
import type { Lessons } from './lessons.js';
import type { Metric } from './metrics.js';

/** What a search looks through, and how long. */
export interface SearchOptions extends Fitting {
  readonly metric: Metric;
  readonly learners: readonly Learner[];
  readonly lessons: Lessons;
  readonly account: Account;
  /** Candidates to try at most. */
  readonly trials: number;
  /** What was tried once, to be tried again in the same way. */
  readonly record: BestRecord | undefined;
  readonly fingerprint: string;
  /** Seconds that the end of the call takes, from what is known so far. */
  readonly reserve: (candidates: readonly Candidate[]) => number;
}
