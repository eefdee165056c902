import type { z } from 'zod';
import type { SamplerSpec, Space } from 'ml-hyperparameter';
import { TrainyardError } from './errors/index.js';
import { makeHandle, type Handle } from './handle.js';
import type { Json } from './json.js';
import { report, type Kind, type Ref, type Report } from './kinds.js';
import { outputPorts, paramNames, type AnyContract, type Contract } from './node.js';
import { sayNearest } from './nearest.js';
import { currentRuntime } from './runtime.js';
import { tuneFigures, type TuneFigures } from './tune-figures.js';
import type { Checked, Needed, Outputs, ParamsIn, Ports } from './wiring.js';

/** How a study searches. */
export interface StudyOptions<P extends z.ZodType> {
  /** What is searched: parameters of the node by name. */
  readonly space: Space;
  /** Default: chosen by space and budget. */
  readonly sampler?: SamplerSpec;
  /** Trials in all. */
  readonly trials: number;
  /**
   * Trials that may run at once. Default 2. Trial n is suggested from the results of trials up to n − parallel, told
   * in their order, so the study is the same however long each trial takes.
   */
  readonly parallel?: number;
  /** Where the objective stands, as `port.path`, such as `figures.f1.macro`. */
  readonly objective: string;
  /** Default `maximize`. */
  readonly direction?: 'maximize' | 'minimize';
  /** Parameters that all trials share. */
  readonly params?: Partial<ParamsIn<P> & object>;
  /** What the study is called in the graph. Default `tune`. */
  readonly name?: string;
}

/** What a study gives: the outputs of its best trial, the parameters that made them, and its report. */
export interface Tuned<O extends Ports | Kind> {
  readonly best: Outputs<O>;
  /** All parameters of the best trial: the shared ones and those found. */
  readonly params: Promise<{ readonly [name: string]: Json }>;
  readonly report: Handle<Report<TuneFigures>>;
}

/** What a study's Workflow is asked. */
export interface StudyAsk {
  readonly node: string;
  readonly inputs: { readonly [port: string]: Ref | readonly Ref[] };
  readonly params: { readonly [name: string]: Json };
  readonly space: Space;
  readonly sampler: SamplerSpec | null;
  readonly trials: number;
  readonly parallel: number;
  readonly objective: string;
  readonly direction: 'maximize' | 'minimize';
}

/** What a study's Workflow answers. */
export interface StudyAnswer {
  readonly params: { readonly [name: string]: Json };
  readonly outputs: { readonly [port: string]: Ref };
  readonly report: Ref<Report<TuneFigures>>;
}

const TUNE_OPTIONS = { name: 'tune', parallel: 2, direction: 'maximize' } as const;

/**
 * Searches for the parameters of a node that do best by an objective, as a durable study: each trial is a call of the
 * node, found again when an equal one has run before. The choice uses only what the node reports, so give it
 * validation data, never the test set. Throws TY-PARAM when the space names parameters that the node does not have.
 */
export function tune<
  N extends string,
  P extends z.ZodType,
  I extends Ports,
  O extends Ports | Kind,
  const Inputs extends Needed<I>,
>(contract: Contract<N, P, I, O>, inputs: Inputs & Checked<N, P, I, Inputs>, options: StudyOptions<P>): Tuned<O> {
  const untyped = contract as unknown as AnyContract;
  const settings = { ...TUNE_OPTIONS, ...options };
  checkOptions(untyped, settings);
  const runtime = currentRuntime(`tune(${untyped.spec.name})`);
  const answer = (async (): Promise<StudyAnswer> => {
    const ask: StudyAsk = {
      node: untyped.spec.name,
      inputs: await resolveInputs(inputs as Readonly<Record<string, unknown>>),
      params: (options.params ?? {}) as { [name: string]: Json },
      space: options.space,
      sampler: options.sampler ?? null,
      trials: options.trials,
      parallel: settings.parallel,
      objective: options.objective,
      direction: settings.direction,
    };
    return (await runtime.child({
      workflow: 'study',
      name: settings.name,
      args: ask as unknown as Json,
    })) as unknown as StudyAnswer;
  })();
  const handles: Record<string, Handle> = {};
  for (const [port, kind] of Object.entries(outputPorts(untyped.spec))) {
    handles[port] = makeHandle({
      kind,
      call: settings.name,
      port,
      node: untyped.spec.name,
      promise: answer.then((given) => given.outputs[port] as Ref),
    });
  }
  const params = answer.then((given) => given.params);
  params.catch(() => undefined);
  const only = 'kind' in untyped.spec.outputs && typeof untyped.spec.outputs.kind === 'string';
  return {
    best: (only ? handles['out'] : handles) as Outputs<O>,
    params,
    report: makeHandle({
      kind: report(tuneFigures),
      call: settings.name,
      port: 'report',
      node: 'tune.report',
      promise: answer.then((given) => given.report),
    }),
  };
}

async function resolveInputs(inputs: Readonly<Record<string, unknown>>): Promise<StudyAsk['inputs']> {
  const resolved: Record<string, Ref | readonly Ref[]> = {};
  for (const [port, given] of Object.entries(inputs)) {
    if (given === undefined) continue;
    resolved[port] = Array.isArray(given)
      ? await Promise.all(given.map(async (item: PromiseLike<Ref> | Ref) => item))
      : await (given as PromiseLike<Ref> | Ref);
  }
  return resolved;
}

function checkOptions(
  contract: AnyContract,
  options: { space: Space; trials: number; parallel: number; objective: string },
): void {
  const { spec } = contract;
  const wrong = (field: string, what: string, expected: string): never => {
    throw new TrainyardError('TY-PARAM', {
      what: `tune(${spec.name}): ${what}`,
      where: { node: spec.name, field },
      expected,
    });
  };
  if (!Number.isInteger(options.trials) || options.trials < 1)
    wrong('trials', `${options.trials} is no number of trials`, 'a whole number of at least 1');
  if (!Number.isInteger(options.parallel) || options.parallel < 1)
    wrong('parallel', `${options.parallel} is no number of trials at once`, 'a whole number of at least 1');
  const ports = outputPorts(spec);
  const [port = ''] = options.objective.split('.');
  if (!(port in ports))
    wrong(
      'objective',
      `${spec.name} has no output "${port}"; ${sayNearest(port, Object.keys(ports))}`,
      'port.path, such as figures.f1.macro',
    );
  const known = paramNames(spec);
  for (const name of Object.keys(options.space)) {
    if (known.length > 0 && !known.includes(name))
      wrong(
        `space.${name}`,
        `${spec.name} has no parameter "${name}"; ${sayNearest(name, known)}`,
        'parameters of the node',
      );
  }
}
