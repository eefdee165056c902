import { Context } from '@temporalio/activity';
import type { Digest } from '../core/digest.js';
import type { GraphNode, GraphRecord } from '../core/graph.js';
import { canonical, type Json } from '../core/json.js';
import {
  Artifacts,
  endRun,
  lookup,
  noteNeed,
  putDecided,
  putEnvironment,
  putGraph,
  putStudy,
  readBlob,
  readDecided,
  readGraph,
  readRun,
  readStudy,
  startRun,
  sweepBefore,
  undisturbed,
  type CacheEntry,
  type DecidedCall,
  type Store,
} from '../store/index.js';
import type { EngineActivities, TablePage } from '../workflows/engine/ports.js';
import { STUDY_PAGE, type KeptStudy } from '../core/study.js';
import { crashPoint } from './crash-points.js';
import { suggestBeside } from './suggest.js';

/** Rows of a table of finished nodes in one answer: some 40 kB. */
const PAGE = 100;

/** States of nodes that a run which goes on comes to again. */
const OPEN: readonly GraphNode['state'][] = ['waiting', 'running', 'paused'];

type Row = TablePage['rows'][number];
interface Part {
  readonly nodes: readonly GraphNode[];
  readonly rows: readonly Row[];
}
interface Journal {
  readonly graph: GraphRecord;
  readonly rows: readonly Row[];
}

/**
 * The engine's own Activities over a store: short, idempotent, run as Local Activities in the Workflow worker.
 * `environment` tells what surrounds the runs that start here.
 */
export function engineActivities(store: Store, environment?: () => Promise<object>): EngineActivities {
  const putJson = async (value: unknown): Promise<Digest> =>
    (await store.putBlob(Buffer.from(canonical(value)))).digest;
  const getJson = async <T>(digest: Digest): Promise<T> =>
    JSON.parse(Buffer.from(await readBlob(store, digest)).toString('utf8')) as T;
  const join = async (parts: readonly Digest[]): Promise<Part> => {
    const read = await Promise.all(parts.map((part) => getJson<Part>(part)));
    return { nodes: read.flatMap((part) => part.nodes), rows: read.flatMap((part) => part.rows) };
  };
  const table: EngineActivities['trainyard.table'] = async ({ pipeline, run, using, from }) => {
    const former = using ?? (await latestRun(store, pipeline));
    if (former === null || former === run) return page([], from);
    // Before it relies on them: what the former run has found and made is kept as long as this one is open.
    if (from === 0) {
      const sweep = await sweepBefore(store);
      await noteNeed(store, run, { run: former });
      await undisturbed(store, sweep);
    }
    const graph = (await readGraph(store, former)) as unknown as GraphRecord | null;
    const decided = from === 0 && using !== null ? await decidedRows(store, using) : [];
    const { rows: known, next } = page(graph === null ? [] : rowsOf(graph, using !== null), from);
    const rows = [...known, ...decided];
    const there = await Promise.all(rows.map(([, outputs]) => isThere(store, outputs)));
    return { rows: rows.filter((_, index) => there[index]), next };
  };
  const find = async (keys: readonly Digest[]): Promise<(CacheEntry | null)[]> => {
    for (;;) {
      const sweep = await sweepBefore(store);
      const entries = await lookup(store, keys);
      crashPoint('looking-up', { run: currentRun() });
      const artifacts = entries.flatMap((entry) => Object.values(entry?.outputs ?? {}).map(({ digest }) => digest));
      if (artifacts.length === 0) return entries;
      await noteNeed(store, currentRun(), { artifacts });
      if (await undisturbed(store, sweep)) return entries;
    }
  };
  return {
    'trainyard.begin': async (start, using) => {
      const surroundings = await environment?.();
      const commit = commitOf(surroundings);
      // Whoever started it has recorded it already, unless it was a Workflow.
      await startRun(store, { ...start, ...(commit === null ? {} : { commit }) });
      // The build stands beside: a run that is terminated saves no graph to read it from.
      await putEnvironment(store, start.id, { ...surroundings, build: start['build'] ?? null });
      return { ...(await table({ pipeline: start.pipeline, run: start.id, using, from: 0 })), commit };
    },
    'trainyard.table': table,
    'trainyard.lookup': async (keys) => (await find(keys)).map((entry) => entry?.outputs ?? null),
    'trainyard.value': async (ref) => ((await new Artifacts(store).open(ref)).value ?? null) as Json,
    'trainyard.give': (kind, value) => new Artifacts(store).write(kind, { value }),
    'trainyard.decided': (lineage, decided) => putDecided(store, lineage, decided as unknown as DecidedCall),
    'trainyard.savePart': (part) => putJson(part),
    'trainyard.saveGraph': async (head, parts) => {
      const graph: GraphRecord = { ...head, nodes: [...(await join(parts)).nodes] };
      await putGraph(store, graph.run, graph as unknown as Json);
      crashPoint('saving-graph', { run: graph.run });
      const status = graph.state === 'done' ? 'completed' : graph.state === 'running' ? 'terminated' : graph.state;
      await endRun(store, graph.run, {
        format: 1,
        status,
        endedAt: new Date(graph.endedAt ?? graph.startedAt).toISOString(),
        ...(graph.result === undefined ? {} : { result: graph.result }),
        ...(graph.error === undefined ? {} : { error: graph.error as unknown as Json }),
      });
      // A study is a part of a run, and no run that others resemble.
      if (!graph.run.includes('/')) await store.put(latestKey(graph.pipeline), Buffer.from(JSON.stringify(graph.run)));
    },
    'trainyard.saveJournal': async (head, parts) => {
      const { nodes, rows } = await join(parts);
      const journal = await putJson({ graph: { ...head, nodes: [...nodes] }, rows } satisfies Journal);
      crashPoint('saving-journal', { run: head.run });
      await noteNeed(store, head.run, { journal });
      return journal;
    },
    'trainyard.saveStudy': async (study) => {
      crashPoint('saving-study', { run: study.run });
      await putStudy(store, study.run, study as unknown as Json);
    },
    'trainyard.loadStudy': async (run, from) => {
      const study = (await readStudy(store, run)) as unknown as KeptStudy | null;
      if (!study) return null;
      const to = from + STUDY_PAGE;
      return { ...study, trials: study.trials.slice(from, to), next: to < study.trials.length ? to : null };
    },
    'trainyard.suggest': (study) => suggestBeside(study),
    'trainyard.loadJournal': async (digest, from) => {
      const journal = await getJson<Journal>(digest);
      // Nodes and rows travel side by side, a page of each.
      const ended = journal.graph.nodes.filter(({ key, state }) => key !== undefined && !OPEN.includes(state));
      const nodes = ended.slice(from, from + PAGE).map(told);
      const { rows, next } = page(journal.rows, from);
      const more = from + PAGE < ended.length ? from + PAGE : null;
      return { rows, next: next ?? more, graph: { ...journal.graph, nodes } };
    },
  };
}

/** The commit of the worker's project, with `-dirty` when something in it is changed. */
function commitOf(environment: { readonly commit?: unknown; readonly clean?: unknown } | undefined): string | null {
  const { commit, clean } = environment ?? {};
  return typeof commit === 'string' ? `${commit}${clean === false ? '-dirty' : ''}` : null;
}

/** The run whose Workflow asks. */
function currentRun(): string {
  return Context.current().info.workflowExecution?.workflowId ?? '';
}

/** Whether all outputs of a former call are in the store still; a lost one is computed again. */
async function isThere(store: Store, outputs: Row[1]): Promise<boolean> {
  for (const { digest } of Object.values(outputs)) if ((await store.blobSize(digest)) === null) return false;
  return true;
}

/** A node without what the run knows from its own calls, small enough to travel in pages. */
function told(whole: GraphNode): GraphNode {
  const { params: _params, outputs: _outputs, error: _error, decision: _decision, ...node } = whole;
  return { ...node, inputs: [] };
}

function page(rows: readonly Row[], from: number): TablePage {
  return { rows: rows.slice(from, from + PAGE), next: from + PAGE < rows.length ? from + PAGE : null };
}

function rowsOf(graph: GraphRecord, withGiven: boolean): Row[] {
  return graph.nodes.flatMap((node) =>
    node.key !== undefined && node.outputs !== undefined && (withGiven || !node.given)
      ? [[node.key as Digest, node.outputs] as const]
      : [],
  );
}

/** What operators have put in the place of failed calls, in a run that is resumed and those before it. */
async function decidedRows(store: Store, run: string): Promise<Row[]> {
  const lineage = (await readRun(store, run))?.start.lineage ?? run;
  return (await readDecided(store, lineage)).map(({ key, outputs }) => [key, outputs as unknown as Row[1]]);
}

function latestKey(pipeline: string): string {
  return `latest/${pipeline}`;
}

async function latestRun(store: Store, pipeline: string): Promise<string | null> {
  const body = await store.get(latestKey(pipeline));
  return body === null ? null : (JSON.parse(Buffer.from(body).toString('utf8')) as string);
}
