import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { storePart } from '../run/partial.js';
import { cancelRun, startPipeline } from '../run/runs.js';
import { describeRun, queryGraph } from '../run/run-view.js';
import type { TrainyardClient } from '../client.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import type { GraphRecord } from '../../core/graph.js';
import { pipelineCodes, projectCodes, type NodeCode } from '../../project/codes.js';
import type { Project } from '../../project/project.js';
import { readGraph, type Store } from '../../store/index.js';
import { noteCodes, readPipelines } from './codes.js';
import { codeDetails, partsChanged } from './compare.js';
import { answersOf, orderRun, seedAnswers, type Answers } from './answers.js';
import { compareRuns, type CallVerdict, type RunsCompared } from './compare-runs.js';
import { countFinished, Decisions } from './decisions.js';
import { callsOf } from './find-call.js';
import { RecordIndex } from './record-index.js';
import { ownBuild } from './own-build.js';
import { copyOpenings } from './openings.js';
import { openSandbox } from './sandbox-session.js';

export interface VerifyOptions {
  /** The project, loaded from the code that the run is repeated with. */
  readonly project: Project;
  /** Where the run is on record. */
  readonly store: Store;
  readonly graph: GraphRecord;
  /** An empty folder for the repetition's store and logs. */
  readonly folder: string;
  /** Repeat it although the code is not the run's. */
  readonly otherCode?: boolean;
  /** The file that the project was taken from, if it was an export. */
  readonly from?: string | undefined;
  readonly onStep?: (what: string) => void;
  readonly signal?: AbortSignal;
}

export interface Verification extends RunsCompared {
  readonly run: string;
  /** How the repetition ended, if not as the run did. */
  readonly state: GraphRecord['state'];
  /** The run's own build, with which it was repeated; null: with the code as it is, which was found to be the same. */
  readonly build: string | null;
  readonly ms: number;
}

const LOOK_MS = 250;

/**
 * Executes a run again from its record: its own build where that is kept, else the same code, on an empty store and a
 * Temporal of its own. What came from outside is taken from the record (sources, effects, people's answers), everything
 * else is computed and compared.
 * Needs nothing of the Temporal in which the run was. Throws TY-CODE when the code is not the run's.
 */
export async function verifyRun(options: VerifyOptions): Promise<Verification> {
  const { project, store, graph, folder, onStep = () => undefined } = options;
  const began = performance.now();
  // An export brings the code that it is repeated with.
  const own = options.otherCode || options.from !== undefined ? { why: '' } : await ownBuild(project, store, graph);
  const build = 'build' in own ? own.build : undefined;
  if (build === undefined && !project.pipelines.has(graph.pipeline))
    throw new TrainyardError('TY-PIPELINE-UNKNOWN', {
      what: `the run is of pipeline "${graph.pipeline}", which this project does not have`,
      where: { file: project.configFile },
    });
  const { nodes, processes } = await projectCodes(project);
  if ('why' in own) {
    // By these, files can be named in which code is another.
    await noteCodes(store, nodes.values());
    if (!options.otherCode) await checkCode(options, nodes, own.why);
  }
  const answers = await answersOf(store, graph, { contracts: project.contracts, processes });
  onStep('starting a worker on an empty store');
  const session = await openSandbox(project, folder, build);
  try {
    await seedAnswers(store, session.client.store, graph, answers);
    await copyOpenings(store, session.client.store, graph);
    onStep(`repeating ${graph.run}${build === undefined ? '' : ' with its own build'}`);
    const again = await repeat(session.client, graph, answers, options);
    const is = { store: session.client.store, graph: again };
    const compared = await compareRuns({ store, graph }, is, project.contracts, new Set(Object.keys(answers.keep)));
    return { run: graph.run, state: again.state, build: build ?? null, ...compared, ms: performance.now() - began };
  } finally {
    await session.stop();
  }
}

/** Refuses other code than the run's: what differs then says nothing about the run. */
async function checkCode(
  { project, store, graph, from }: VerifyOptions,
  codes: ReadonlyMap<string, NodeCode>,
  why: string,
): Promise<void> {
  const index = new RecordIndex(store);
  const other = new Map<string, string>();
  for (const { node, run } of await callsOf(store, graph)) {
    const record = await index.of(node, run);
    const now = codes.get(node.node)?.hash;
    if (!record || record.code === now || other.has(node.node)) continue;
    const details = now === undefined ? ['it has no code now'] : await codeDetails(store, record.code, now);
    other.set(node.node, details.join(', '));
  }
  const pipeline = await pipelineChanged(project, store, graph);
  if (pipeline.length > 0) other.set(`pipeline ${graph.pipeline}`, pipeline.join(', '));
  if (other.size === 0) return;
  throw new TrainyardError('TY-CODE', {
    what: `the code of ${[...other.keys()].join(', ')} is not the one that the run was computed with`,
    where: { run: graph.run },
    ...(why === '' ? {} : { expected: `the run's own build, but ${why}` }),
    actual: [...other].map(([node, said]) => `${node}: ${said}`).join('; '),
    remedy: `${
      from === undefined
        ? `check out the commit that trainyard manifest ${graph.run} names`
        : 'install the versions that project/package-lock.json in the file lists, and call this from there'
    }, or compare all the same with --other-code`,
  });
}

/** Files and packages in which the run's pipeline is not as it was; empty when it is. */
async function pipelineChanged(project: Project, store: Store, graph: GraphRecord): Promise<string[]> {
  const now = (await pipelineCodes(project)).get(graph.pipeline);
  const was = (await readPipelines(store, graph.build))?.[graph.pipeline];
  if (!was) return ['which code it had is not on record'];
  if (now?.hash === was.hash) return [];
  const changed = now ? partsChanged(was.parts, now.parts) : ['it is not there now'];
  return changed.length > 0 ? changed : ['what it uses of its files changed'];
}

async function repeat(
  client: TrainyardClient,
  graph: GraphRecord,
  answers: Answers,
  { signal, folder, store }: VerifyOptions,
): Promise<GraphRecord> {
  const { run, pipeline, params, seed, cause, lineage, fresh } = graph;
  const { keep, keys, children, instead, never, recoveries } = answers;
  // What had ended beside a failure must come to its end beside it again.
  const onFailure = recoveries.length > 0 || graph.state === 'failed' ? 'pause' : 'fail';
  const part = await storePart(client.store, { keep, keys, children, instead, never });
  await startPipeline(client, {
    pipeline,
    id: run,
    input: {
      params,
      seed,
      cause,
      lineage,
      using: orderRun(run),
      ...(fresh ? { fresh } : {}),
      onFailure,
      ...(part === undefined ? {} : { part }),
    },
  });
  const decisions = new Decisions(client, run, answers);
  const wasCancelled = graph.state === 'cancelled';
  const saved = (from: Store) => async (id: string) => (await readGraph(from, id)) as unknown as GraphRecord | null;
  const graphNow = async (id: string) => (await queryGraph(client.temporal, id)) ?? (await saved(client.store)(id));
  const finished = wasCancelled ? await countFinished(graph.nodes, saved(store)) : 0;
  for (;;) {
    signal?.throwIfAborted();
    const described = await describeRun(client.temporal, run);
    if (!described?.open) break;
    if (wasCancelled || answers.approvals.length > 0 || onFailure === 'pause') {
      const { nodes, idle } = await decisions.look();
      // It need not come further than the run did.
      const asFar = async (): Promise<boolean> => idle || (await countFinished(nodes, graphNow)) >= finished;
      if (wasCancelled && (await asFar())) await cancelRun(client, run).catch(passIfOver);
    }
    await sleep(LOOK_MS);
  }
  const again = (await readGraph(client.store, run)) as unknown as GraphRecord | null;
  if (again) return again;
  throw new TrainyardError('TY-RUN-UNKNOWN', {
    what: 'the repetition ended without a graph',
    where: { run, file: path.join(folder, 'state', 'logs', 'worker.log') },
  });
}

function passIfOver(error: unknown): void {
  if (!isTrainyardError(error) || error.code !== 'TY-RUN-UNKNOWN') throw error;
}

/** The calls of which something must be said, the first differences first. */
export function notableCalls({ calls }: RunsCompared): CallVerdict[] {
  const order: readonly CallVerdict['verdict'][] = ['differs', 'missing', 'within', 'follows'];
  return calls
    .filter(({ verdict }) => order.includes(verdict))
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}
