import { isCancellation } from '@temporalio/workflow';
import type { Digest } from '../../core/digest.js';
import { type Code, isTrainyardError, sayNearest, TrainyardError } from '@trainyard/errors';
import type { GraphNode } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import type { AnyContract } from '../../core/node.js';
import { parsePipelineParams, type AnyPipeline } from '../../core/pipeline.js';
import type { StudyAsk, TrialArgs } from '../../core/study/ask.js';
import type { StudyTrial } from '../../core/study/state.js';
import { contractNamed, knownPipelines, pipelineNamed, settle, type Engine } from '../engine/index.js';
import { deviation, mean, sayTrial } from '../../core/study/index.js';
import type { TrialEnd } from './book.js';
import { figuresOf, NoFigure, type Figures } from './figures.js';

/** What a trial is run with. */
export interface TrialRun {
  readonly engine: Engine;
  readonly ask: StudyAsk;
  readonly trial: StudyTrial & { reports: StudyTrial['reports'] };
  /** Whether the pruner stops it after what it has reported so far. */
  readonly judge: () => boolean;
  /** Where its calls stand in the graph. Default: by its number. */
  readonly scope?: string;
}

/** Faults of the platform or the code that say nothing about a trial's parameters: the study fails, the trial does not. */
const NOT_THE_TRIALS: readonly Code[] = [
  'TY-CODE',
  'TY-CODE-GONE',
  'TY-CONFIG',
  'TY-STUDY',
  'TY-NODE-NOT-IMPLEMENTED',
  'TY-NODE-UNKNOWN',
  'TY-WIRE-KIND',
  'TY-WIRE-MISSING',
  'TY-WIRE-UNKNOWN',
  'TY-WIRE-NO-POOL',
  'TY-WORKER-NONE',
  'TY-STORE-DAMAGED',
  'TY-STORE-MISSING',
  'TY-STORE-FULL',
  'TY-STORE-UNFIT',
  'TY-TEMPORAL-AWAY',
];

/**
 * Runs a trial to its end: a call, calls for each fold, or calls on rung after rung. Its reports are put into the trial
 * on the way. Throws what is not the trial's fault, and cancellations.
 */
export async function runTrial(run: TrialRun): Promise<{ end: TrialEnd; outputs: Json }> {
  const { ask } = run;
  const work = new Work(run);
  try {
    if (ask.folds) return await overFolds(run, work, ask.folds);
    if (ask.rungs) return await overRungs(run, work, ask.rungs);
    const live = ask.pruner.name !== 'none';
    const outputs = await work.call('', {}, { number: run.trial.number, live, goesOn: false });
    return { end: work.complete(await work.figures(outputs)), outputs };
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (error instanceof NoFigure) return { end: work.over('failed', error.message), outputs: null };
    if (!isTrainyardError(error) || NOT_THE_TRIALS.includes(error.code)) throw error;
    return { end: work.over('failed', error.what), outputs: null };
  }
}

/** Folds one after the other, so that a trial takes one place and can be stopped between them. */
async function overFolds(
  run: TrialRun,
  work: Work,
  folds: readonly TrialArgs[],
): Promise<{ end: TrialEnd; outputs: Json }> {
  const { ask, trial } = run;
  const all: Figures[] = [];
  const values: number[] = [];
  let first: Json = null;
  for (const [index, fold] of folds.entries()) {
    const outputs = await work.call(`fold ${index + 1}`, fold, { number: trial.number, live: false, goesOn: false });
    if (index === 0) first = outputs;
    const figures = await work.figures(outputs);
    all.push(figures);
    values.push(figures.values[0] as number);
    // The signed-rank test compares fold by fold, all other pruners the mean so far.
    trial.reports.push([index + 1, ask.pruner.name === 'wilcoxon' ? (values.at(-1) as number) : mean(values)]);
    if (index + 1 < folds.length && run.judge())
      return {
        end: { ...work.over('pruned', `stopped after fold ${index + 1} of ${folds.length}`), folds: values },
        outputs: null,
      };
  }
  const means = ask.objectives.map((_, i) => mean(all.map((one) => one.values[i] as number)));
  const constraints = ask.constraints.map((_, i) => Math.max(...all.map((one) => one.constraints[i] as number)));
  const costs = all.map(({ cost }) => cost).filter((cost) => cost !== undefined);
  const cost = costs.length === 0 ? undefined : costs.reduce((sum, one) => sum + one, 0);
  return {
    end: { ...work.complete({ values: means, constraints, cost }), folds: values, spread: deviation(values) },
    outputs: first,
  };
}

/** Rung after rung, each call going on from the checkpoint of the one before. */
async function overRungs(
  run: TrialRun,
  work: Work,
  { param, values }: NonNullable<StudyAsk['rungs']>,
): Promise<{ end: TrialEnd; outputs: Json }> {
  const { trial } = run;
  let from: Digest | undefined;
  for (const [index, rung] of values.entries()) {
    const goesOn = index + 1 < values.length;
    const facts = { number: trial.number, live: false, goesOn, ...(from === undefined ? {} : { from }) };
    const outputs = await work.call(`${param} ${rung}`, { [param]: rung }, facts);
    from = work.lastKey;
    const figures = await work.figures(outputs);
    trial.reports.push([rung, figures.values[0] as number]);
    if (!goesOn) return { end: work.complete(figures), outputs };
    if (run.judge()) return { end: work.over('pruned', `stopped at ${param} ${rung}`, figures.cost), outputs: null };
  }
  throw new TrainyardError('TY-STUDY', { what: 'a study has no rungs', where: { node: run.ask.target.name } });
}

/** The calls of one trial, and what they took. */
class Work {
  readonly #run: TrialRun;
  readonly #nodes: GraphNode[] = [];
  /** Key of the newest call of a node. */
  lastKey: Digest | undefined;

  constructor(run: TrialRun) {
    this.#run = run;
  }

  /** Calls what is tuned, and gives what it gave: references to a node's outputs, or what a pipeline returned. */
  async call(part: string, more: TrialArgs, facts: Parameters<Engine['inTrial']>[0]): Promise<Json> {
    const { engine, ask, trial } = this.#run;
    const args = { ...ask.shared, ...more, ...trial.params };
    const whole = this.#run.scope ?? `trial ${trial.number}`;
    const scope = part === '' ? whole : `${whole}/${part}`;
    const { kind, name } = ask.target;
    if (kind === 'pipeline') {
      const pipeline = requirePipeline(name);
      const before = engine.graph.record.nodes.length;
      try {
        return await engine.inTrial(facts, () =>
          engine.scope(scope, async () =>
            settle(await pipeline.run(parsePipelineParams(pipeline, args) as never, engine.run)),
          ),
        );
      } finally {
        const added = engine.graph.record.nodes.slice(before);
        this.#nodes.push(...added.filter((node) => node.scope === scope || node.scope.startsWith(`${scope}/`)));
      }
    }
    const summary = sayTrial(this.#run.scope ?? trial.number, trial.params, part);
    const handles = engine.inTrial(facts, () =>
      engine.scope(scope, () => engine.call(requireContract(name), args, { summary })),
    );
    const node = engine.graph.node(Object.values(handles)[0]?.call ?? '');
    if (node) this.#nodes.push(node);
    const entries = await Promise.all(
      Object.entries(handles).map(async ([port, handle]) => [port, await handle] as const),
    );
    this.lastKey = node?.key as Digest | undefined;
    return Object.fromEntries(entries) as unknown as Json;
  }

  figures(outputs: Json): Promise<Figures> {
    return figuresOf(this.#run.ask, outputs, (ref) => this.#run.engine.value(ref));
  }

  complete({ values, constraints, cost }: Figures): TrialEnd {
    const { ms, found } = this.#took();
    return {
      state: 'complete',
      values: [...values],
      ...(constraints.length === 0 ? {} : { constraints: [...constraints] }),
      ms,
      found,
      cost: cost ?? ms / 1000,
    };
  }

  over(state: 'pruned' | 'failed', reason: string, cost?: number): TrialEnd {
    const { ms, found } = this.#took();
    return { state, reason, ms, found, cost: cost ?? ms / 1000 };
  }

  #took(): { ms: number; found: boolean } {
    const ms = this.#nodes.reduce((sum, node) => sum + (node.state === 'found' ? 0 : (node.ms ?? 0)), 0);
    return { ms, found: this.#nodes.length > 0 && this.#nodes.every(({ state }) => state === 'found') };
  }
}

function requirePipeline(name: string): AnyPipeline {
  const pipeline = pipelineNamed(name);
  if (pipeline) return pipeline;
  throw new TrainyardError('TY-STUDY', {
    what: `the pipeline "${name}" that is tuned is in no file of the configuration's pipelines; ${sayNearest(name, knownPipelines())}`,
    where: { node: name },
    remedy: 'export it from a file that pipelines in temporal.config.ts names',
  });
}

export function requireContract(name: string): AnyContract {
  const contract = contractNamed(name);
  if (contract) return contract;
  throw new TrainyardError('TY-NODE-UNKNOWN', { what: `there is no node "${name}"`, where: { node: name } });
}
