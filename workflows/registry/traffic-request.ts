import type { Json } from '../../core/json.js';
import type { TrafficAsk } from '../../core/traffic.js';

export interface TrafficRequest {
  /** null ends the plan in force. */
  readonly plan: TrafficAsk | null;
  /** Line of the plan in force for this one to follow; null: there must be none. Left out: whichever. */
  readonly expected?: number | null | undefined;
  readonly by: string;
  readonly why: string;
  readonly evidence?: Json | undefined;
  /** As of a move. */
  readonly once?: string | undefined;
}

export interface TrafficAnswer {
  /** The line of the history, which is the plan's number. */
  readonly number: number;
  readonly from: number | null;
  readonly at: string;
}
