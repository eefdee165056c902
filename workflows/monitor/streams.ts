// Names in Redis of what an endpoint writes and its monitor reads. Keys of one endpoint share a hash tag, so that a
// cluster keeps them on one node.

/** Stream of answered requests: one entry each, its field `p` the JSON of a `LoggedRequest`. */
export function predictionStream(endpoint: string): string {
  return `trainyard:predictions:${endpoint}`;
}

/** Stream of outcomes as they became known, each once: field `o`, the JSON of an `Outcome`. */
export function outcomeStream(endpoint: string): string {
  return `trainyard:outcomes:${endpoint}`;
}

/** Where the newest outcome of one row stands. */
export function outcomeKey(endpoint: string, requestId: string, row: number): string {
  return `{${outcomeStream(endpoint)}}:of:${requestId}:${row}`;
}

/** Marks a batch of the log as written, so that sending it again writes nothing. */
export function batchKey(endpoint: string, batch: string): string {
  return `{${predictionStream(endpoint)}}:batch:${batch}`;
}

export type Cell = number | string | boolean | null;

/** A request as it was answered. */
export interface LoggedRequest {
  readonly id: string;
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number;
  readonly version: number;
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** For each row the answered class and its probability. */
  readonly labels: readonly string[];
  readonly probabilities: readonly number[];
}

/** What turned out to be true of a row that was predicted. */
export interface Outcome {
  readonly requestId: string;
  /** Its place in the request, from 0. */
  readonly row: number;
  readonly label: string;
}
