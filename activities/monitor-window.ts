import type { Redis } from 'ioredis';
import { TransientError } from '../core/errors/index.js';
import type { JsonKind, Ref } from '../core/kinds.js';
import { columnsOf, compareProfiles, profileOf, type DriftReport, type Profile } from '../drift/index.js';
import { predictionStream, type Cell, type LoggedRequest } from '../workflows/monitor/streams.js';
import type { Finding, WindowAnswer, WindowAsk } from '../workflows/monitor/contract.js';
import type { MonitorDesk } from './monitor.js';
import { withOutcomes } from './monitor-outcomes.js';
import { readProfile, writeWindow } from './monitor-tables.js';

/** A predicted row with what became of it. */
export interface WindowRow {
  /** `request#row`. */
  readonly id: string;
  readonly cells: Readonly<Record<string, Cell>>;
  readonly predicted: string;
  readonly probability: number;
  readonly version: number;
  readonly at: number;
  readonly outcome: string | null;
}

/** The window against each of the profiles, the reference first. */
function compareWith(
  profiles: readonly Profile[],
  rows: readonly WindowRow[],
  { alpha, minEffect }: WindowAsk['config'],
): DriftReport[] {
  const cells = rows.map((row) => row.cells);
  return profiles.map((profile) =>
    compareProfiles(profile, profileOf(cells, columnsOf(profile)), { alpha, minEffect }),
  );
}

interface Entries {
  readonly requests: readonly LoggedRequest[];
  readonly cursor: string;
  readonly entries: number;
  readonly lost: number;
}

/** Entries read from the stream at a time. */
const PAGE = 500;
/** Findings that a window's record keeps. */
const KEPT = 8;

/**
 * The next window after a place in the stream: whole requests until there are rows enough. The place is the caller's
 * to remember, in the Workflow's history: unlike an acknowledgement in Redis, it and what was made of the window
 * cannot come apart, and doing it again reads the same entries.
 */
export async function takeWindow(desk: MonitorDesk, ask: WindowAsk): Promise<WindowAnswer> {
  const { config, number } = ask;
  const read = await readEntries(desk.redis, ask);
  const ready = read.requests.reduce((sum, request) => sum + request.rows.length, 0);
  if (ready < config.window) return { ready: false, rows: ready };
  const rows = await withOutcomes(desk.redis, config.endpoint, rowsOf(read.requests));
  const table = await writeWindow(desk, config, rows);
  const profiles = await Promise.all([config.reference, ...ask.accepted].map((ref) => readProfile(desk, ref)));
  const reports = compareWith(profiles, rows, config);
  const report = reports[0]!;
  const drifted = reports.every((one) => one.drifted);
  const known = rows.filter(({ outcome }) => outcome !== null);
  const right = known.filter(({ outcome, predicted }) => outcome === predicted);
  const times = read.requests.map(({ at }) => at);
  const references = [config.reference, ...ask.accepted].map(({ digest }) => digest);
  const value = { endpoint: config.endpoint, number, references, drifted, reports };
  const written = (await desk.artifacts.write('json', { value: value as never })) as Ref<JsonKind>;
  const { kind, digest, size } = written;
  return {
    ready: true,
    cursor: read.cursor,
    entries: read.entries,
    lost: read.lost,
    window: {
      number,
      rows: rows.length,
      labelled: known.length,
      accuracy: known.length > 0 ? right.length / known.length : null,
      from: Math.min(...times),
      to: Math.max(...times),
      versions: [...new Set(rows.map(({ version }) => version))].sort((a, b) => a - b),
      drifted,
      findings: report.columns
        .filter((column) => drifted && column.drifted)
        .slice(0, KEPT)
        .map(({ column, of, effect, corrected, says }): Finding => ({ column, of, effect, corrected, says })),
      table,
      report: { kind, digest, size },
    },
  };
}

async function readEntries(redis: Redis, { config, cursor, entries, lost }: WindowAsk): Promise<Entries> {
  const stream = predictionStream(config.endpoint);
  const requests: LoggedRequest[] = [];
  let last = cursor;
  let count = entries;
  let rows = 0;
  try {
    const trimmed = await trimmedEntries(redis, stream);
    for (let more = true; more && rows < config.window;) {
      const page = await redis.xrange(stream, `(${last}`, '+', 'COUNT', PAGE);
      more = page.length === PAGE;
      for (const [id, fields] of page) {
        if (rows >= config.window) break;
        last = id;
        count++;
        const request = parseRequest(fields[1]);
        if (!request) continue;
        requests.push(request);
        rows += request.rows.length;
      }
    }
    // Entries that the stream let go before this monitor came to them.
    const missed = Math.max(0, trimmed - (entries + lost));
    return { requests, cursor: last, entries: count, lost: lost + missed };
  } catch (cause) {
    throw new TransientError('the predictions could not be read from Redis', { cause });
  }
}

/** How many entries a stream has ever let go. */
async function trimmedEntries(redis: Redis, stream: string): Promise<number> {
  if ((await redis.exists(stream)) === 0) return 0;
  const info = (await redis.xinfo('STREAM', stream)) as (string | number)[];
  const at = (name: string): number => Number(info[info.indexOf(name) + 1]);
  return at('entries-added') - at('length');
}

function parseRequest(text: string | undefined): LoggedRequest | undefined {
  try {
    const request = JSON.parse(text ?? '') as LoggedRequest;
    return Array.isArray(request.rows) && typeof request.id === 'string' ? request : undefined;
  } catch {
    return undefined;
  }
}

/** The rows of requests, each once: a request that a caller sent twice under one id counts once. */
function rowsOf(requests: readonly LoggedRequest[]): WindowRow[] {
  const rows = new Map<string, WindowRow>();
  for (const { id, at, version, rows: cells, labels, probabilities } of requests) {
    cells.forEach((row, i) => {
      const key = `${id}#${i}`;
      if (rows.has(key)) return;
      const answer = { predicted: labels[i] ?? '', probability: probabilities[i] ?? 0 };
      rows.set(key, { id: key, cells: row, ...answer, version, at, outcome: null });
    });
  }
  return [...rows.values()];
}
