import type { StudyGrowth } from '../../core/study/ask.js';
import type { PartialRun } from '../../core/task.js';

/** What a run asks of its engine. */
export interface EngineOptions {
  /** What a failed node does. Default `fail`. */
  readonly onFailure?: 'fail' | 'pause' | undefined;
  readonly part?: PartialRun | undefined;
  /** What ends is seen in the order of the record. */
  readonly inOrder?: boolean;
  /** How the studies of the run that this one resumes are grown. */
  readonly grow?: StudyGrowth | undefined;
}
