// Names of all that lasts in Temporal and in Redis. Projects may share both, so each name carries its project; what is
// called the same in two projects is two things.
import { digestText, type Digest } from './digest.js';
import { TrainyardError } from '@trainyard/errors';
import { canonical, type Json } from './json.js';

/** Bytes of the longest Workflow id that Temporal takes. */
export const MOST_ID_BYTES = 1000;

/** Workflow id of a durable process, and the one that it has where it was started before ids carried the project. */
export interface DurableId {
  readonly id: string;
  readonly former: string;
}

/** The registry of a model. Throws TY-PARAM where the id is longer than Temporal takes, as all below. */
export function registryId(project: string, model: string): DurableId {
  return durable('model', project, model);
}

/** The monitor of an endpoint. */
export function monitorId(project: string, endpoint: string): DurableId {
  return durable('monitor', project, endpoint);
}

/** The project that the id of an endpoint's monitor names; undefined for the id that carries none. */
export function projectOfMonitor(id: string, endpoint: string): string | undefined {
  const [before, after] = ['monitor/', `/${endpoint}`];
  if (!id.startsWith(before) || !id.endsWith(after) || id.length <= before.length + after.length) return undefined;
  const project = id.slice(before.length, -after.length);
  return project.includes('/') ? undefined : named(project);
}

/** A backfill's own Workflow. */
export function backfillId(project: string, backfill: string): DurableId {
  return durable('backfill', project, backfill);
}

/** Workflow id of the trigger of a pipeline. */
export function triggerId(project: string, pipeline: string): string {
  return durable('trigger', project, pipeline).id;
}

/** Id of the Temporal Schedule of a pipeline: `scheduleFolder` and the pipeline's name. */
export function scheduleId(project: string, pipeline: string): string {
  return fitting(`${scheduleFolder(project)}${pipeline}`);
}

/** What the ids of a project's Schedules begin with. */
export function scheduleFolder(project: string): string {
  return `trainyard/${plain(project)}/`;
}

/** A study or a review of a run. */
export function childId(run: string, name: string): string {
  return fitting(`${run}/${name.replaceAll('/', '.')}`);
}

/** A run that a Schedule starts; Temporal adds the time at which it was due. */
export function scheduledRunId(project: string, pipeline: string): string {
  return runId([pipeline, 'scheduled'], { project, pipeline });
}

/** The n-th retraining that the monitor of an endpoint starts. */
export function retrainingRunId(project: string, pipeline: string, endpoint: string, number: number): string {
  return runId([pipeline, 'retrain', endpoint, number], { project, pipeline, endpoint, number });
}

/** A retraining, as it was called before ids carried the project. */
export function formerRetrainingRunId(pipeline: string, endpoint: string, number: number): string {
  return `${pipeline}-retrain-${endpoint}-${number}`;
}

/** The run that a trigger, known by its Workflow id, starts for the n-th change of its source. */
export function changeRunId(
  trigger: string,
  pipeline: string,
  { source, sequence, digest }: { readonly source: string; readonly sequence: number; readonly digest: Digest },
): string {
  return runId([pipeline, 'data', sequence], [trigger, source, sequence, digest]);
}

/** The run of one value of a backfill; `shown` is the value as it can stand in an id. */
export function partitionRunId(
  project: string,
  { pipeline, backfill, value, shown }: { pipeline: string; backfill: string; value: Json; shown: string },
): string {
  return runId([pipeline, backfill, shown], { project, pipeline, backfill, value });
}

/** Stream in Redis of an endpoint's answered requests: one entry each, its field `p` the JSON of a `LoggedRequest`. */
export function predictionStream(project: string, endpoint: string): string {
  return redisName(project, 'predictions', endpoint);
}

/** Stream of outcomes as they became known, each once: field `o`, the JSON of an `Outcome`. */
export function outcomeStream(project: string, endpoint: string): string {
  return redisName(project, 'outcomes', endpoint);
}

/**
 * Where the newest outcome of one row stands. Keys of one endpoint share a hash tag, so that a cluster keeps them on one
 * node.
 */
export function outcomeKey(project: string, endpoint: string, requestId: string, row: number): string {
  return outcomeOf(outcomeStream(project, endpoint), requestId, row);
}

/** Names the batch that a server's log has written last, so that sending it again writes nothing. */
export function batchKey(stream: string, writer: string): string {
  return `{${stream}}:batch:${writer}`;
}

/** Stream of what shadows answered, which nobody was told: entries as those of `predictionStream`. */
export function shadowStream(project: string, endpoint: string): string {
  return redisName(project, 'shadows', endpoint);
}

/** Hash of what the arms of a traffic plan, known by its number, did. */
export function armCountsKey(project: string, endpoint: string, plan: number): string {
  return `${redisName(project, 'arms', endpoint)}:${plan}`;
}

/** Channel in Redis on which moved aliases and traffic plans of a project are announced. */
export function aliasChannel(project: string): string {
  return `trainyard:${plain(project)}:aliases`;
}

/** The stream of an endpoint's requests, as it was called before names in Redis carried the project. */
export function formerPredictionStream(endpoint: string): string {
  return `trainyard:predictions:${endpoint}`;
}

/** The newest outcome of a row, as it was called before names in Redis carried the project. */
export function formerOutcomeKey(endpoint: string, requestId: string, row: number): string {
  return outcomeOf(`trainyard:outcomes:${endpoint}`, requestId, row);
}

function durable(kind: string, project: string, name: string): DurableId {
  return { id: fitting(`${kind}/${plain(project)}/${name}`), former: `${kind}/${name}` };
}

/** Words that people read and type, and a digest of all that tells the run from others, its project first. */
function runId(words: readonly (string | number)[], of: Json): string {
  return fitting(`${words.join('-')}-${digestText(canonical(of)).slice('sha256-'.length, 'sha256-'.length + 8)}`);
}

function redisName(project: string, what: string, endpoint: string): string {
  return `trainyard:${plain(project)}:${what}:${plain(endpoint)}`;
}

function outcomeOf(stream: string, requestId: string, row: number): string {
  return `{${stream}}:of:${requestId}:${row}`;
}

/** A name as one part among others: what could part or bracket them is written as the number of its UTF-16 unit. */
function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The name that `plain` has written. */
function named(written: string): string {
  return written.replace(/%([0-9a-f]{4})/g, (_, unit: string) => String.fromCharCode(parseInt(unit, 16)));
}

function fitting(id: string): string {
  const bytes = new TextEncoder().encode(id).length;
  if (bytes <= MOST_ID_BYTES) return id;
  throw new TrainyardError('TY-PARAM', {
    what: `the id "${id.slice(0, 60)}…" is longer than Temporal takes`,
    expected: `at most ${MOST_ID_BYTES} bytes`,
    actual: `${bytes} bytes`,
    remedy: 'give the project, or what the id names, a shorter name',
  });
}
