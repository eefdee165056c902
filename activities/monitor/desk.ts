import type { Redis } from 'ioredis';
import type { Json } from '../../core/json.js';
import type { Artifacts } from '../../store/index.js';
import type { Cell } from '../../core/prediction-streams.js';

/** What the work on one window needs. */
export interface MonitorDesk {
  readonly artifacts: Artifacts;
  readonly redis: Redis;
  readonly project: string;
  /** Whether the monitor is one that a former release started: it knows what was logged under the names of that time, too. */
  readonly isFormer: boolean;
  /** A folder of its own. */
  readonly scratch: string;
}

/** A predicted row with what became of it. */
export interface WindowRow {
  /** `request#row`. */
  readonly id: string;
  readonly cells: Readonly<Record<string, Cell>>;
  /** As whoever asked was told, as far as the log has it. */
  readonly answer: Json;
  /** The answered class and its probability; other answers as JSON. */
  readonly predicted: string;
  readonly probability: number | null;
  readonly version: number;
  readonly at: number;
  readonly outcome: string | null;
}
