import type { Redis } from 'ioredis';
import { z } from 'zod';
import { TransientError } from '@trainyard/errors';
import type { JsonKind, Ref } from '../../core/kinds.js';
import { columnsOf, compareProfiles, profileOf, type DriftReport, type Profile } from '@trainyard/drift';
import { formerPredictionStream, predictionStream } from '../../core/ids.js';
import type { LoggedRequest } from '../../core/prediction-streams.js';
import type { Finding, WindowAnswer, WindowAsk } from '../../workflows/monitor/contract.js';
import type { MonitorDesk, WindowRow } from './desk.js';
import { withOutcomes } from './outcomes.js';
import { windowFigures } from './figures.js';
import { readProfile, writeWindow } from './tables.js';

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
  readonly rows: readonly WindowRow[];
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
  const read = await readEntries(desk, ask);
  if (read.rows.length < config.window) return { ready: false, rows: read.rows.length };
  const rows = await withOutcomes(desk, config.endpoint, read.rows);
  const table = await writeWindow(desk, config, rows);
  const profiles = await Promise.all([config.reference, ...ask.accepted].map((ref) => readProfile(desk, ref)));
  const reports = compareWith(profiles, rows, config);
  const report = reports[0]!;
  const drifted = reports.every((one) => one.drifted);
  const known = rows.filter(({ outcome }) => outcome !== null);
  const figures = windowFigures(config, known);
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
      accuracy: figures.find(({ name }) => name === 'accuracy')?.value ?? null,
      figures,
      from: rows.reduce((earliest, { at }) => Math.min(earliest, at), Infinity),
      to: rows.reduce((latest, { at }) => Math.max(latest, at), -Infinity),
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

async function readEntries(
  { redis, project, isFormer }: MonitorDesk,
  { config, cursor, entries, lost }: WindowAsk,
): Promise<Entries> {
  const former = isFormer ? [formerPredictionStream(config.endpoint)] : [];
  const streams = [...former, predictionStream(project, config.endpoint)];
  const rows = new Map<string, WindowRow>();
  let last = cursor;
  let count = entries;
  try {
    // Nothing is written to it any more, so nothing else makes it shorter.
    for (const stream of former) await redis.xtrim(stream, 'MINID', cursor);
    const trimmed = await trimmedEntries(redis, streams);
    for (let more = true; more && rows.size < config.window;) {
      const page = await readPage(redis, streams, last);
      more = page.more;
      for (const [id, fields] of page.found) {
        // Two streams may each have an entry of one id: the place after it is after both.
        if (rows.size >= config.window && id !== last) break;
        last = id;
        count++;
        const request = parseRequest(fields[1]);
        if (request) addRows(rows, request);
      }
    }
    // Entries that the stream let go before this monitor came to them.
    const missed = Math.max(0, trimmed - (entries + lost));
    return { rows: [...rows.values()], cursor: last, entries: count, lost: lost + missed };
  } catch (cause) {
    throw new TransientError('the predictions could not be read from Redis', { cause });
  }
}

type StreamEntry = [id: string, fields: string[]];

/** The next entries of streams after a place, in the order in which Redis took them. */
async function readPage(
  redis: Redis,
  streams: readonly string[],
  after: string,
): Promise<{ readonly found: StreamEntry[]; readonly more: boolean }> {
  const pages = await Promise.all(streams.map((stream) => redis.xrange(stream, `(${after}`, '+', 'COUNT', PAGE)));
  // Beyond the end of a full page, what its stream holds is not known yet.
  const [end] = pages.flatMap((page) => (page.length === PAGE ? [page.at(-1)![0]] : [])).sort(byId);
  const found = pages.flat().sort(([one], [other]) => byId(one, other));
  return { found: end === undefined ? found : found.filter(([id]) => byId(id, end) <= 0), more: end !== undefined };
}

/** Ids of entries are `MS-NUMBER`. */
function byId(one: string, other: string): number {
  const [[ms = 0, number = 0], [otherMs = 0, otherNumber = 0]] = [one, other].map((id) =>
    id.split('-').map(Number),
  ) as [number[], number[]];
  return ms - otherMs || number - otherNumber;
}

/** How many entries streams have ever let go. */
async function trimmedEntries(redis: Redis, streams: readonly string[]): Promise<number> {
  let trimmed = 0;
  for (const stream of streams) {
    if ((await redis.exists(stream)) === 0) continue;
    const info = (await redis.xinfo('STREAM', stream)) as (string | number)[];
    const at = (name: string): number => Number(info[info.indexOf(name) + 1]);
    trimmed += at('entries-added') - at('length');
  }
  return trimmed;
}

/** A request as `PredictionLog` writes it; what else stands in the stream is passed over. */
const loggedRequest: z.ZodType<LoggedRequest> = z.object({
  id: z.string(),
  // Times that a `Date` can hold.
  at: z.number().min(-8.64e15).max(8.64e15),
  version: z.int(),
  rows: z.array(z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]))),
  labels: z.array(z.string()),
  probabilities: z.array(z.number()),
  answers: z.array(z.json()).optional(),
});

function parseRequest(text: string | undefined): LoggedRequest | undefined {
  try {
    return loggedRequest.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}

/** Adds the rows of a request, each once: a request that a caller sent twice under one id counts once. */
function addRows(to: Map<string, WindowRow>, request: LoggedRequest): void {
  const { id, at, version, rows, labels, probabilities, answers } = request;
  rows.forEach((cells, i) => {
    const key = `${id}#${i}`;
    if (to.has(key)) return;
    const whole = answers?.[i] ?? null;
    const label = labels[i] ?? '';
    const told = answers
      ? { answer: whole, predicted: whole === null ? '' : JSON.stringify(whole), probability: null }
      : { answer: { label }, predicted: label, probability: probabilities[i] ?? 0 };
    to.set(key, { id: key, cells, ...told, version, at, outcome: null });
  });
}
