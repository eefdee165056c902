import {
  CancellationScope,
  ContinueAsNew,
  defineQuery,
  isCancellation,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import { z } from 'zod';
import type { GraphAnswer, GraphAsk, GraphRecord } from '../../core/graph.js';
import { isHandle } from '../../core/handle.js';
import type { Json } from '../../core/json.js';
import type { RunFacts } from '../../core/runtime.js';
import { setRuntime } from '../../core/runtime.js';
import type { CarriedRun } from '../../core/task.js';
import { checkTravels } from '../../core/travel.js';
import { bundleData } from './bundle-data.js';
import { goOn, loadCarried, loadTable, saveGraph } from './continue-as-new.js';
import { Engine } from './engine.js';
import type { EngineOptions } from './options.js';
import { errorRecord, explainFailure, explainThrown, workflowFailure } from './failure.js';
import { GraphKeeper } from './graph-keeper.js';
import { linkOf, OperatorView } from './operator-view.js';
import { engineActivities } from './proxies.js';
import { countText } from './table-text.js';

export const graphQuery = defineQuery<GraphAnswer, [GraphAsk?]>('graph');

export interface Hosted {
  readonly facts: RunFacts;
  readonly params: Json;
  readonly using?: string | undefined;
  readonly carried?: CarriedRun | undefined;
  readonly engine?: EngineOptions | undefined;
  /** Makes the arguments with which the Workflow continues as new. */
  readonly again: (carried: CarriedRun) => unknown[] | Promise<unknown[]>;
  /** The body does not make its earlier calls again once it continued as new: the graph keeps their nodes. */
  readonly goesOn?: boolean;
  /** Keeps what the body knows, when it has failed or is cancelled: a cancelled body is not waited for. */
  readonly closing?: (state: 'failed' | 'cancelled') => Promise<void>;
  /** What the run is: the pipeline's function, or a study's loop. */
  readonly body: (engine: Engine, view: OperatorView) => Promise<unknown>;
}

/**
 * Runs a body on the engine inside the current Workflow: loads what former runs finished, keeps the details of the
 * Temporal UI and the search attributes, saves the graph at the end, continues as new when the history is long.
 */
export async function hostRun(hosted: Hosted): Promise<Json> {
  z.config({ jitless: true });
  const { facts } = hosted;
  const view: OperatorView = new OperatorView(() => keeper);
  const keeper = new GraphKeeper(facts, hosted.params, workflowInfo().startTime.getTime(), () => view.change());
  setHandler(graphQuery, (ask) => keeper.asked(ask));
  // A study goes on by an order of its own.
  const inOrder = !hosted.goesOn && patched('11-ends-in-order');
  const engine = new Engine(facts, keeper, { ...hosted.engine, inOrder });
  setRuntime(engine);
  view.begin(facts.pipeline, facts.cause);
  try {
    await loadFinished(engine, view, hosted);
    let given: Json = null;
    const ended = await Promise.race([
      hosted
        .body(engine, view)
        .then(settle)
        .then(async (result) => {
          given = result;
          checkTravels(`what ${facts.pipeline} gives back`, result, { run: facts.id });
          await engine.settled();
          return { result };
        }),
      engine.drained().then(() => null),
      engine.halted(),
      engine.partDone().then(() => ({ result: given })),
    ]);
    if (ended === null) return await goOn(engine, hosted);
    await close(engine, view, 'done', { result: ended.result });
    return {
      run: facts.id,
      outcome: 'done',
      ...linkOf(facts.id),
      nodes: countText(keeper.record),
      ...view.facts,
      result: ended.result,
    };
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    const cancelled = isCancellation(error);
    // What runs beside the failure may finish: a resume finds it then. Nothing new is started.
    if (!cancelled) await engine.finishRunning().catch(() => undefined);
    // One of the engine's own Activities, which write the record: a node's failure was explained where it was called.
    const why =
      error instanceof ActivityFailure
        ? explainFailure(error, { node: error.activityType, run: facts.id })
        : explainThrown(error, { pipeline: facts.pipeline, run: facts.id });
    // Where the record cannot be written (no space is left), the run still ends for the reason that it has.
    const state = cancelled ? 'cancelled' : 'failed';
    await CancellationScope.nonCancellable(async () => {
      await hosted.closing?.(state);
      // A run that is done may still be refused when it is recorded: then it has no result.
      delete keeper.record.result;
      await close(engine, view, state, cancelled ? {} : { error: errorRecord(why) });
    }).catch(() => undefined);
    throw workflowFailure(why);
  }
}

async function loadFinished(engine: Engine, view: OperatorView, hosted: Hosted): Promise<void> {
  if (hosted.carried) return loadCarried(engine, hosted.carried);
  const { facts, using = null } = hosted;
  const begun = await engineActivities()['trainyard.begin'](
    {
      format: 1,
      id: facts.id,
      lineage: facts.lineage,
      pipeline: facts.pipeline,
      params: hosted.params,
      seed: facts.seed,
      cause: facts.cause,
      startedAt: workflowInfo().startTime.toISOString(),
      build: bundleData().buildId,
    },
    using,
  );
  view.commit(begun.commit);
  await loadTable(engine, begun);
}

async function close(
  engine: Engine,
  view: OperatorView,
  state: 'done' | 'failed' | 'cancelled',
  end: Pick<GraphRecord, 'result' | 'error'>,
): Promise<void> {
  const { record } = engine.graph;
  Object.assign(record, end, { state, endedAt: Date.now() });
  engine.order?.finish();
  if (engine.order?.others.length) record.others = engine.order.others;
  // What still waits in a run that is done needs what a partial run left out.
  engine.graph.end(
    state === 'cancelled' ? 'cancelled' : 'skipped',
    (left) => left === 'waiting' || (left === 'running' && state !== 'done'),
  );
  view.close(record);
  await saveGraph(record);
}

/** What a pipeline returned, with handles waited for and replaced by their references: JSON. */
export async function settle(value: unknown): Promise<Json> {
  if (isHandle(value)) return (await value) as unknown as Json;
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return Promise.all(value.map(settle));
  if (typeof value === 'object') {
    const entries = await Promise.all(
      Object.entries(value).map(async ([name, inner]) => [name, await settle(inner)] as const),
    );
    return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
  }
  return value as Json;
}
