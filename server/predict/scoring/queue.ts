import { TrainyardError } from '@trainyard/errors';
import { againAfter } from '../../again-after.js';
import type { Responded } from '../../../models/index.js';
import type { Row } from '../request.js';

export interface QueueOptions {
  /** Scores rows; a row alone and in a batch give the same bits, as every model kind promises. */
  readonly score: (rows: readonly Row[]) => Responded | Promise<Responded>;
  /** Rows that wait at most; a request that comes to an empty queue is taken, however many it has. */
  readonly waitingRows: number;
  /** A request that is not answered by then is dropped, ms. */
  readonly timeoutMs: number;
  /** Rows scored in one go. */
  readonly slice: number;
  /** How long a row takes, about, ms: says when to ask again. */
  readonly rowMs: number;
}

type NamedColumns = Responded['unknown'][number];

interface Waiting {
  readonly rows: readonly Row[];
  /** Rows of it that are scored or being scored. */
  taken: number;
  readonly parts: Responded[];
  readonly resolve: (responded: Responded) => void;
  readonly reject: (error: unknown) => void;
  timer: NodeJS.Timeout | undefined;
  ended: boolean;
}

/** Rows `from` to `to` of a request, in a batch. */
interface Share {
  readonly of: Waiting;
  readonly from: number;
  readonly to: number;
}

/**
 * What waits for one version: one batch is scored at a time. Requests of few rows that come meanwhile make the next batch together; one
 * of many rows is scored in slices, and others take their turns between them. Beyond its bound it refuses at once
 * (TY-ENDPOINT-BUSY); what is not answered in time is dropped, and what of it waits is never scored (TY-ENDPOINT-LATE).
 */
export class ScoringQueue {
  readonly #options: QueueOptions;
  readonly #waiting: Waiting[] = [];
  #rows = 0;
  #running = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Rows that wait, or are being scored. */
  get rows(): number {
    return this.#rows;
  }

  /** Answers rows when their turn has come. Throws TY-ENDPOINT-BUSY, TY-ENDPOINT-LATE, and what the model throws. */
  ask(rows: readonly Row[]): Promise<Responded> {
    const { waitingRows, timeoutMs, rowMs } = this.#options;
    if (this.#rows > 0 && this.#rows + rows.length > waitingRows)
      return Promise.reject(busy(this.#rows, waitingRows, Math.max(1, Math.ceil((this.#rows * rowMs) / 1000))));
    return new Promise((resolve, reject) => {
      const one: Waiting = { rows, taken: 0, parts: [], resolve, reject, timer: undefined, ended: false };
      one.timer = setTimeout(() => this.#giveUp(one), timeoutMs).unref();
      this.#rows += rows.length;
      this.#waiting.push(one);
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    let batch = this.#next();
    while (batch.length > 0) {
      const scored = await this.#score(batch);
      for (const [i, { of }] of batch.entries()) {
        this.#settle(of, scored[i]!);
        // Its rest comes after all that came meanwhile.
        if (!of.ended && of.taken < of.rows.length) this.#waiting.push(of);
      }
      // A scorer that answers at once would keep everybody else from the thread.
      await new Promise((resolve) => setImmediate(resolve));
      batch = this.#next();
    }
    this.#running = false;
  }

  /** The shares of the next batch: of the first alone, where it fills it, else of those behind it too. */
  #next(): Share[] {
    const batch: Share[] = [];
    let room = this.#options.slice;
    while (room > 0) {
      const one = this.#waiting.shift();
      if (one === undefined) break;
      const from = one.taken;
      one.taken = Math.min(one.rows.length, from + room);
      room -= one.taken - from;
      batch.push({ of: one, from, to: one.taken });
    }
    return batch;
  }

  async #score(batch: readonly Share[]): Promise<(Responded | { readonly error: unknown })[]> {
    const { score } = this.#options;
    const rowsOf = ({ of, from, to }: Share): readonly Row[] =>
      from === 0 && to === of.rows.length ? of.rows : of.rows.slice(from, to);
    try {
      if (batch.length === 1) return [await score(rowsOf(batch[0]!))];
      return shared(await score(batch.flatMap(rowsOf)), batch);
    } catch (error) {
      if (batch.length === 1) return [{ error }];
      // One request's mistake is not the others': each by itself.
      const each: (Responded | { error: unknown })[] = [];
      for (const share of batch) each.push(...(await this.#score([share])));
      return each;
    }
  }

  #settle(one: Waiting, scored: Responded | { readonly error: unknown }): void {
    if (one.ended) return;
    if ('error' in scored) return this.#end(one, () => one.reject(scored.error));
    one.parts.push(scored);
    const done = one.parts.reduce((sum, { rows }) => sum + rows, 0);
    if (done === one.rows.length) this.#end(one, () => one.resolve(joined(one.parts)));
  }

  #giveUp(one: Waiting): void {
    const { timeoutMs } = this.#options;
    this.#end(one, () =>
      one.reject(
        new TrainyardError('TY-ENDPOINT-LATE', {
          what: `the request was not answered within ${timeoutMs / 1000} seconds; what of it waited was dropped`,
          expected: 'an answer in that time: server.scoring.timeout of temporal.config.ts',
        }),
      ),
    );
  }

  #end(one: Waiting, tell: () => void): void {
    if (one.ended) return;
    one.ended = true;
    clearTimeout(one.timer);
    this.#rows -= one.rows.length;
    const at = this.#waiting.indexOf(one);
    if (at >= 0) this.#waiting.splice(at, 1);
    tell();
  }
}

function busy(rows: number, most: number, seconds: number): TrainyardError {
  return againAfter(
    new TrainyardError('TY-ENDPOINT-BUSY', {
      what: `${rows} rows wait for this model already`,
      expected: `at most ${most}: server.scoring.waitingRows of temporal.config.ts`,
      remedy: `ask again in ${seconds} seconds; if that happens often, let another server share the requests`,
    }),
    seconds,
  );
}

/** The answer to a batch, taken apart into those to its shares. */
function shared(whole: Responded, batch: readonly Share[]): Responded[] {
  const width = whole.numbers.length / whole.rows;
  let at = 0;
  return batch.map(({ from, to }) => {
    const [first, rows] = [at, to - from];
    at += rows;
    const part = (named: readonly NamedColumns[]): NamedColumns[] =>
      named.filter(({ row }) => row >= first && row < at).map((one) => ({ ...one, row: one.row - first }));
    return {
      numbers: whole.numbers.slice(first * width, at * width),
      rows,
      unknown: part(whole.unknown),
      short: part(whole.short),
    };
  });
}

function joined(parts: readonly Responded[]): Responded {
  if (parts.length === 1) return parts[0]!;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const width = parts[0]!.numbers.length / parts[0]!.rows;
  const numbers = new Float64Array(rows * width);
  const [unknown, short]: [NamedColumns[], NamedColumns[]] = [[], []];
  let at = 0;
  for (const part of parts) {
    const first = at;
    const moved = (one: NamedColumns): NamedColumns => ({ ...one, row: one.row + first });
    numbers.set(part.numbers, at * width);
    unknown.push(...part.unknown.map(moved));
    short.push(...part.short.map(moved));
    at += part.rows;
  }
  return { numbers, rows, unknown, short };
}
