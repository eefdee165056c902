import { Context } from '@temporalio/activity';
import type { Digest } from '../../core/digest.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import { failureOf } from '../../core/failure.js';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { canonical, type Json } from '../../core/json.js';
import { cutEnd, jsonBytes, pageEnd, PAYLOAD_BYTES } from '../../core/paging.js';
import {
  Artifacts,
  endRun,
  keepJson,
  lookup,
  noteNeed,
  putDecided,
  putEnvironment,
  putGraph,
  putRecord,
  putStudy,
  readJsonBlob,
  readStudy,
  RECORDS,
  startRun,
  sweepBefore,
  undisturbed,
  type DecidedCall,
  type Store,
} from '../../store/index.js';
import type { CarriedRow, EngineActivities, Journal, ServerActivities } from '../../workflows/engine/contract.js';
import { studyPage, type KeptStudy } from '../../core/study/state.js';
import { crashPoint } from './crash-points.js';
import { FormerTables, latestKey } from './former-tables.js';
import { keepReaches } from './read-on.js';
import { suggestBeside } from '../study/suggest.js';

/**
 * The engine's own Activities over a store: short, idempotent, run in the Workflow worker, as Local Activities but for one.
 * `environment` tells what surrounds the runs that start here.
 */
export function engineActivities(
  store: Store,
  environment?: () => Promise<object>,
): EngineActivities & ServerActivities {
  const tables = new FormerTables(store);
  return {
    'trainyard.next': async () => undefined,
    'trainyard.begin': async (start, using) => {
      const surroundings = await environment?.();
      const commit = commitOf(surroundings);
      // Whoever started it has recorded it already, unless it was a Workflow.
      await startRun(store, { ...start, ...(commit === null ? {} : { commit }) });
      // The build stands beside: a run that is terminated saves no graph to read it from.
      await putEnvironment(store, start.id, { ...surroundings, build: start['build'] ?? null });
      return { commit, ...(await tables.open(start, using)) };
    },
    'trainyard.table': (table, page) => tables.page(table, page),
    'trainyard.lookup': async (keys) => {
      for (;;) {
        const sweep = await sweepBefore(store);
        const entries = await lookup(store, keys);
        crashPoint('looking-up', { run: currentRun() });
        const all = entries.map((entry) => entry?.outputs ?? null);
        const answer = all.slice(0, pageEnd(all));
        const artifacts = answer.flatMap((outputs) => Object.values(outputs ?? {}).map(({ digest }) => digest));
        if (artifacts.length === 0) return answer;
        await noteNeed(store, currentRun(), { artifacts });
        if (await undisturbed(store, sweep)) return answer;
      }
    },
    'trainyard.value': async (ref, from) => {
      const value = ((await new Artifacts(store).open(ref)).value ?? null) as Json;
      if (from === 0 && jsonBytes(value) <= PAYLOAD_BYTES) return { value };
      const text = canonical(value);
      const end = cutEnd(text, from);
      return { text: text.slice(from, end), next: end < text.length ? end : null };
    },
    'trainyard.give': (kind, value) => new Artifacts(store).write(kind, { value }),
    'trainyard.decided': (lineage, decided) => putDecided(store, lineage, decided as unknown as DecidedCall),
    'trainyard.keep': (value) => keepJson(store, currentRun(), value),
    'trainyard.saveGraph': async (last, parts) => {
      const nodes: GraphNode[] = [];
      for (const part of parts) nodes.push(...((await readJsonBlob(store, part)) as GraphNode[]));
      const graph: GraphRecord = { ...last, nodes: [...nodes, ...last.nodes] };
      // First, since a run that may not say so is not done.
      if (graph.state === 'done') await keepReaches(store, graph);
      await putGraph(store, graph.run, graph as unknown as Json);
      crashPoint('saving-graph', { run: graph.run });
      const status = graph.state === 'done' ? 'completed' : graph.state === 'running' ? 'terminated' : graph.state;
      await endRun(store, graph.run, {
        format: 1,
        status,
        endedAt: new Date(graph.endedAt ?? graph.startedAt).toISOString(),
        ...(graph.metric === undefined ? {} : { metric: { ...graph.metric } }),
        ...(graph.result === undefined ? {} : { result: graph.result }),
        ...(graph.error === undefined ? {} : { error: graph.error as unknown as Json }),
      });
      // A study is a part of a run, and no run that others resemble.
      if (!graph.run.includes('/'))
        await putRecord(store, latestKey(graph.pipeline), RECORDS.latest, { run: graph.run });
    },
    'trainyard.saveStudy': async (study) => {
      crashPoint('saving-study', { run: study.run });
      await putStudy(store, study.run, study as unknown as Json);
    },
    'trainyard.loadStudy': async (run, from) => {
      const study = (await readStudy(store, run)) as unknown as KeptStudy | null;
      if (!study) return null;
      return studyPage(study, from);
    },
    'trainyard.suggest': (ask) => suggestBeside(ask),
    'trainyard.saveJournal': (run, journal) => {
      crashPoint('saving-journal', { run });
      return keepJson(store, run, journal);
    },
    'trainyard.loadJournal': async (journal) => (await carried(store, journal)) as Journal,
    'trainyard.loadPage': async (page) => (await carried(store, page)) as CarriedRow[],
  };
}

/** A part of what a run carries when it continues as new. It is nowhere else: to look again does not help. */
async function carried(store: Store, part: Digest): Promise<unknown> {
  try {
    return await readJsonBlob(store, part);
  } catch (error) {
    if (!isTrainyardError(error) || !['TY-STORE-DAMAGED', 'TY-STORE-MISSING'].includes(error.code)) throw error;
    const run = currentRun();
    const named = new TrainyardError(error.code, {
      what: `the run cannot go on: what it had finished before it continued as new cannot be read; ${error.what}`,
      where: { run, ...error.where },
      remedy: `trainyard resume ${run}: results are found by their keys`,
      cause: error,
    });
    throw failureOf(named, { nonRetryable: true });
  }
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
