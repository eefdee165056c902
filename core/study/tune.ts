import { z } from 'zod';
import type { Configuration, Space } from 'ml-hyperparameter';
import { isHandle, makeHandle, type Handle } from '../handle.js';
import type { Json } from '../json.js';
import { report, type Kind, type Ref, type Report } from '../kinds.js';
import { outputPorts, type AnyContract, type Contract } from '../node.js';
import { isPipeline, type AnyPipeline, type Pipeline } from '../pipeline.js';
import { currentRuntime } from '../runtime.js';
import { STUDY_TYPE, type OuterFold, type StudyAnswer, type StudyAsk, type TrialArgs } from './ask.js';
import { checkedSearch } from './check.js';
import { checkHeld, type GivenFold } from './given.js';
import type { StudyOptions } from './options.js';
import type { StudyTarget } from './target.js';
import type { FitSpace, ObjectivePath, ResultPath, Settled } from './types.js';
import { tuneFigures, type TuneFigures } from './tune-figures.js';
import type { Checked, Needed, Outputs, ParamsIn, Ports } from '../wiring.js';

/** What a study gives: the outputs of its best trial, the parameters that made them, and its report. */
export interface Tuned<Best, C = { readonly [name: string]: Json }> {
  /** With folds: the outputs of the first fold. */
  readonly best: Best;
  /** What was found for the searched parameters; at run time those shared by all trials stand beside. */
  readonly params: Promise<C>;
  readonly report: Handle<Report<TuneFigures>>;
}

/** How the parameters of a node are searched. */
export interface NodeStudyOptions<
  P extends z.ZodType,
  At extends string,
  S,
  Fitting,
  Folds,
  Nested,
> extends StudyOptions<At> {
  /** What is searched: parameters of the node by name. */
  readonly space: S & Fitting;
  /** Parameters that all trials share. */
  readonly params?: Partial<ParamsIn<P> & object>;
  /**
   * Cross-validation: for each fold the inputs by which it differs from the others. A trial is a call for each, one
   * after the other; its value is their mean, and a pruner may stop it between them.
   */
  readonly folds?: Folds;
  /**
   * A nested estimate: once the search is over it is repeated within each of these outer folds, with the inputs in
   * `search` (several: those of its folds), and what it found there is judged by a call with the inputs in `held`, which
   * trains on all of the fold's known rows and is measured on rows that its search has not seen.
   */
  readonly nested?: Nested;
}

type FoldsOf<I extends Ports> = readonly { readonly [Port in keyof I & string]?: unknown }[];
type CheckedFolds<N extends string, P extends z.ZodType, I extends Ports, Folds> = {
  readonly [K in keyof Folds]: Checked<N, P, I, Folds[K]>;
};
/** Inputs that every fold brings need not be given for all. */
type NeededBeside<I extends Ports, Folds> = Folds extends readonly (infer Fold)[]
  ? Omit<Needed<I>, keyof Fold & string>
  : Needed<I>;

type OuterOf<I extends Ports> = readonly {
  readonly search: FoldsOf<I>[number] | FoldsOf<I>;
  readonly held: FoldsOf<I>[number];
}[];
type CheckedOuter<N extends string, P extends z.ZodType, I extends Ports, Outer> = {
  readonly [K in keyof Outer]: {
    readonly [Part in keyof Outer[K]]: Outer[K][Part] extends readonly unknown[]
      ? CheckedFolds<N, P, I, Outer[K][Part]>
      : Checked<N, P, I, Outer[K][Part]>;
  };
};

/** How the parameters of a sub-pipeline are searched. */
export interface PipelineStudyOptions<At extends string, S, Fitting, Params = object> extends StudyOptions<At> {
  /** What is searched: parameters of the sub-pipeline by name. */
  readonly space: S & Fitting;
  /** A nested estimate: for each outer fold the parameters of its own search, and of the call that judges what it found. */
  readonly nested?: readonly { readonly search: Params; readonly held: Params }[];
}

// The compiler tells what is wrong by the last of several signatures: nodes are what is mostly searched.
/**
 * Searches for the parameters of a sub-pipeline, as below for a node: each trial is a call of it, with all its nodes. It is exported from a file of the
 * configuration's `pipelines`, since the study's Workflow knows it by its name.
 */
export function tune<N extends string, P extends z.ZodType, R, const S extends Space>(
  target: Pipeline<N, P, R>,
  params: Partial<z.input<P> & object>,
  options: PipelineStudyOptions<ResultPath<Awaited<R>>, S, FitSpace<N, z.input<P>, S>, Partial<z.input<P> & object>>,
): Tuned<Promise<Settled<Awaited<R>>>, Configuration<S>>;
/**
 * Searches for the parameters of a node that do best by an objective, as a durable study: each trial is a call of the
 * node, found again when an equal one has run before. The choice uses only what the node reports, so give it
 * validation data, never the test set. Throws TY-STUDY when the study cannot be run as it is asked.
 */
export function tune<
  N extends string,
  P extends z.ZodType,
  I extends Ports,
  O extends Ports | Kind,
  const S extends Space,
  const Inputs extends NeededBeside<I, Folds>,
  const Folds extends FoldsOf<I> | undefined = undefined,
  const Nested extends OuterOf<I> | undefined = undefined,
>(
  contract: Contract<N, P, I, O>,
  inputs: Inputs & Checked<N, P, I, Inputs>,
  options: NodeStudyOptions<
    P,
    ObjectivePath<O>,
    S,
    FitSpace<N, ParamsIn<P>, S>,
    Folds & CheckedFolds<N, P, I, Folds>,
    Nested & CheckedOuter<N, P, I, Nested>
  >,
): Tuned<Outputs<O>, Configuration<S>>;
export function tune(
  target: AnyContract | AnyPipeline,
  inputs: object,
  options: StudyOptions & {
    space: Space;
    params?: object;
    folds?: readonly object[] | undefined;
    nested?: readonly GivenFold[] | undefined;
  },
): Tuned<unknown, unknown> {
  const about = isPipeline(target) ? pipelineTarget(target) : nodeTarget(target);
  const { name = 'tune', space, params = {}, folds = [], nested = [] } = options;
  const given = { ...inputs, ...params };
  const search = checkedSearch(about, space, options, given as Readonly<Record<string, unknown>>, folds, nested);
  const runtime = currentRuntime(`tune(${about.name})`);
  const answer = (async (): Promise<StudyAnswer> => {
    const ask: StudyAsk = {
      target: { kind: about.kind, name: about.name },
      shared: await resolved(given),
      ...(folds.length === 0 ? {} : { folds: await Promise.all(folds.map(resolved)) }),
      ...(nested.length === 0 ? {} : { nested: await Promise.all(nested.map(resolvedFold)) }),
      ...search,
    };
    checkHeld(about, ask.nested ?? []);
    return (await runtime.child({
      workflow: STUDY_TYPE,
      name,
      args: ask as unknown as Json,
    })) as unknown as StudyAnswer;
  })();
  const found = answer.then((study) => study.params);
  found.catch(() => undefined);
  return {
    best: isPipeline(target) ? settled(answer) : outputsOf(target, name, answer),
    params: found,
    report: makeHandle({
      kind: report(tuneFigures),
      call: name,
      port: 'report',
      node: 'tune.report',
      ref: answer.then((study) => study.report),
    }),
  };
}

function nodeTarget({ spec }: AnyContract): StudyTarget {
  const { name, params, continuesOver } = spec;
  const fields = params instanceof z.ZodObject ? (params.shape as Record<string, z.ZodType>) : undefined;
  const needs = Object.entries(spec.inputs).flatMap(([port, kind]) => (kind.arity === 'optional' ? [] : [port]));
  const takes = fields && [...Object.keys(spec.inputs), ...Object.keys(fields)];
  return { kind: 'node', name, fields, takes, needs, ports: Object.keys(outputPorts(spec)), continuesOver };
}

function pipelineTarget({ name, spec }: AnyPipeline): StudyTarget {
  const fields = spec.params instanceof z.ZodObject ? (spec.params.shape as Record<string, z.ZodType>) : undefined;
  return { kind: 'pipeline', name, fields, takes: fields && Object.keys(fields), needs: [], ports: undefined };
}

function settled(answer: Promise<StudyAnswer>): Promise<Json> {
  const outputs = answer.then((study) => study.outputs);
  outputs.catch(() => undefined);
  return outputs;
}

function outputsOf({ spec }: AnyContract, call: string, answer: Promise<StudyAnswer>): unknown {
  const handles: Record<string, Handle> = {};
  for (const [port, kind] of Object.entries(outputPorts(spec))) {
    const ref = answer.then((study) => (study.outputs as unknown as Record<string, Ref>)[port] as Ref);
    handles[port] = makeHandle({ kind, call, port, node: spec.name, ref });
  }
  return 'kind' in spec.outputs && typeof spec.outputs.kind === 'string' ? handles['out'] : handles;
}

async function resolvedFold({ search, held }: GivenFold): Promise<OuterFold> {
  const inner = Array.isArray(search) ? Promise.all((search as readonly object[]).map(resolved)) : resolved(search);
  return { search: await inner, held: await resolved(held) };
}

/** Handles waited for, and replaced by their references. */
async function resolved(args: object): Promise<TrialArgs> {
  const known: Record<string, TrialArgs[string]> = {};
  for (const [name, given] of Object.entries(args)) {
    if (given === undefined) continue;
    known[name] = (await (Array.isArray(given) ? Promise.all(given.map(refOf)) : refOf(given))) as TrialArgs[string];
  }
  return known;
}

function refOf(given: unknown): unknown {
  return isHandle(given) ? given.then((ref) => ref) : given;
}
