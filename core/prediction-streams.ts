// What an endpoint writes to Redis and its monitor reads; the names of the streams are made in `core/ids.ts`.

import type { Json } from './json.js';

export type Cell = number | string | boolean | null;

/** A request as it was answered. */
export interface LoggedRequest {
  readonly id: string;
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number;
  readonly version: number;
  /** The number of the traffic plan in force, and the arm that answered; absent where there was none. */
  readonly plan?: number | undefined;
  readonly arm?: string | undefined;
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** For each row the answered class and its probability; empty where the model tells no classes apart. */
  readonly labels: readonly string[];
  readonly probabilities: readonly number[];
  /** Else for each row the answer, as far as its task keeps it; `null` where it keeps nothing. */
  readonly answers?: readonly Json[] | undefined;
}

/** What turned out to be true of a row that was predicted. */
export interface Outcome {
  readonly requestId: string;
  /** Its place in the request, from 0. */
  readonly row: number;
  /** A class; numbers and lists as JSON. */
  readonly label: string;
}
