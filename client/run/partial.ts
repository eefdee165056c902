import type { WorkflowHandle } from '@temporalio/client';
import { TrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import { labelOf, type PartialRun, type StoredPart } from '../../core/task.js';
import { Artifacts, listRuns, readGraph, readRun, type RunRecord, type Store } from '../../store/index.js';
import type { TrainyardClient } from '../client.js';
import { planPart, type PartChoice, type PartPlan } from './partial-plan.js';
import { readRunView, type RunReader } from './run-view.js';
import { newRunId, startPipeline } from './runs.js';

export type { PartChoice, PartPlan } from './partial-plan.js';

/** Bytes of a page of a stored part, so that each stays far below the limit of a payload. */
const PAGE_BYTES = 40_000;

/** The youngest run of a pipeline. Throws TY-RUN-UNKNOWN when there is none. */
export async function latestRunOf(store: Store, pipeline: string): Promise<string> {
  const found = (await listRuns(store)).find(
    ({ start, end }) => start.pipeline === pipeline && end !== null && !start.id.includes('/'),
  );
  if (found) return found.start.id;
  throw new TrainyardError('TY-RUN-UNKNOWN', {
    what: `no run of ${pipeline} has ended yet: there is nothing that a part could be taken of`,
    remedy: `trainyard run ${pipeline}`,
  });
}

/** Starts what a plan says, with the parameters and the seed of the run that it is made of, in a lineage of its own. */
export async function startPart(
  client: TrainyardClient,
  plan: PartPlan,
  options: {
    readonly id?: string;
    readonly cause?: Json;
    readonly onFailure?: 'fail' | 'pause';
    /** Compute what is not kept anew, whatever other runs have. */
    readonly fresh?: true | undefined;
    readonly commit?: string | undefined;
    readonly pages?: string | undefined;
  } = {},
): Promise<WorkflowHandle> {
  const record = await readRun(client.store, plan.used);
  if (!record)
    throw new TrainyardError('TY-RUN-UNKNOWN', { what: `there is no run "${plan.used}"`, where: { run: plan.used } });
  const { params, seed } = record.start;
  const part = await storePart(client.store, plan.part);
  return startPipeline(client, {
    pipeline: plan.pipeline,
    id: options.id ?? newRunId(plan.pipeline),
    input: {
      params,
      seed,
      using: plan.used,
      cause: options.cause ?? { kind: 'person', part: plan.used },
      ...(options.fresh ? { fresh: options.fresh } : {}),
      ...(options.onFailure === undefined ? {} : { onFailure: options.onFailure }),
      ...(part === undefined ? {} : { part }),
    },
    commit: options.commit,
    pages: options.pages,
  });
}

/** Reads a run's graph and the results of its children, and plans. Throws TY-RUN-UNKNOWN, and TY-DECISION when its graph was never saved. */
export async function readPlan(reader: RunReader, used: string, choice: PartChoice): Promise<PartPlan> {
  const { graph, source, record } = await readRunView(reader, used);
  if (source === 'records') {
    throw new TrainyardError('TY-DECISION', {
      what: `the graph of ${used} was not saved: how its nodes hang together is not known`,
      where: { run: used },
      remedy: `finish it first: trainyard resume ${used}`,
    });
  }
  const former = await keptChildren(reader.store, record);
  const results = new Map<string, Json>();
  for (const node of graph.nodes) {
    if (node.kind !== 'child' || (node.state !== 'done' && node.state !== 'found')) continue;
    const kept = node.outputs?.['out'] ?? node.result ?? former[labelOf(node)];
    const result = kept ?? (await childResult(reader, node.workflowId ?? ''));
    if (result !== undefined) results.set(node.call, result as unknown as Json);
  }
  return planPart(graph, choice, results);
}

/** What a partial run had kept of children that it did not run, by label; nothing of one that was not partial. */
export async function keptChildren(
  store: Store,
  record: RunRecord | null | undefined,
): Promise<NonNullable<PartialRun['children']>> {
  const part = record?.start['part'] as StoredPart | undefined;
  if (part === undefined) return {};
  const artifacts = new Artifacts(store);
  const pages = await Promise.all(
    part.pages.map(async (page) => (await artifacts.open(page)).value as unknown as PartialRun),
  );
  return Object.assign({}, ...pages.map(({ children }) => children)) as NonNullable<PartialRun['children']>;
}

/** What a durable child gave: from its own graph, or from Temporal while that remembers it. */
async function childResult({ store, temporal }: RunReader, id: string): Promise<Json | undefined> {
  const saved = (await readGraph(store, id)) as { state?: string; result?: Json } | null;
  if (saved?.state === 'done' && saved.result !== undefined) return saved.result;
  try {
    return (await temporal?.withDeadline(Date.now() + 5_000, () => temporal.workflow.getHandle(id).result())) as Json;
  } catch {
    return undefined;
  }
}

/** Puts a plan into the store, in pages, so that the run's arguments stay small; undefined when nothing is kept or left out. */
export async function storePart(
  store: Store,
  { keep, keys = {}, children = {}, instead = {}, never }: PartialRun,
): Promise<StoredPart | undefined> {
  const pages: PartialRun[] = [];
  let [page, size] = [emptyPage(), 0];
  const turn = (bytes: number): void => {
    if (size > 0 && size + bytes > PAGE_BYTES) [page, size] = [emptyPage(), 0];
    if (size === 0) pages.push(page);
    size += bytes;
  };
  const bytesOf = (label: string, what: unknown): number => label.length + Buffer.byteLength(JSON.stringify(what)) + 8;
  for (const [label, outputs] of Object.entries(keep)) {
    turn(bytesOf(label, outputs) + (keys[label] === undefined ? 0 : bytesOf(label, keys[label])));
    page.keep[label] = outputs;
    if (keys[label] !== undefined) page.keys[label] = keys[label];
  }
  for (const [label, result] of Object.entries(children)) {
    turn(bytesOf(label, result));
    page.children[label] = result;
  }
  for (const [label, params] of Object.entries(instead)) {
    turn(bytesOf(label, params));
    page.instead[label] = params;
  }
  for (const label of never) {
    turn(bytesOf(label, ''));
    page.never.push(label);
  }
  if (pages.length === 0) return undefined;
  const artifacts = new Artifacts(store);
  const refs: Ref[] = [];
  for (const one of pages) {
    const { kind, digest, size: bytes } = await artifacts.write('json', { value: one as unknown as Json });
    refs.push({ kind, digest, size: bytes } as Ref);
  }
  return { pages: refs };
}

function emptyPage(): {
  keep: Record<string, { readonly [port: string]: Ref }>;
  keys: Record<string, string>;
  children: Record<string, Json>;
  instead: Record<string, { readonly [name: string]: Json }>;
  never: string[];
} {
  return { keep: {}, keys: {}, children: {}, instead: {}, never: [] };
}
