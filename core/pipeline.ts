import { z } from 'zod';
import { makeHandle, type Handle } from './handle.js';
import type { Json } from './json.js';
import type { Kind, Ref, ValueOf } from './kinds.js';
import { currentRuntime, type RunFacts } from './runtime.js';
import { TrainyardError } from '@trainyard/errors';
import { durationMs, type Duration } from './duration.js';
import { checkStanding, type ScheduleSpec, type TriggerSpec } from './schedule.js';

export interface PipelineSpec<P extends z.ZodType> {
  /** Schema of the pipeline's parameters. */
  readonly params?: P;
  /** One line for lists of pipelines. */
  readonly title?: string;
  /** The run's seed when none is given. Default 0. */
  readonly seed?: number;
  /**
   * What a failed node does: `fail` (the default) throws into the pipeline; `pause` leaves the node waiting for an
   * operator, who tries it again, gives a value in its place, or lets it fail.
   */
  readonly onFailure?: 'fail' | 'pause';
  /** Runs by itself at these times: a Temporal Schedule, kept as the code says by the worker that takes it up. */
  readonly schedule?: ScheduleSpec<z.input<P>>;
  /** Runs by itself when this source has changed, once for each state of it. */
  readonly trigger?: TriggerSpec<z.input<P>>;
}

/** A pipeline: called inside another one it is a sub-pipeline, otherwise `trainyard run` starts it. */
export interface Pipeline<N extends string, P extends z.ZodType, R> {
  readonly name: N;
  readonly spec: PipelineSpec<P>;
  readonly run: (params: z.output<P>, facts: RunFacts) => R | Promise<R>;
  (params: z.input<P>): Promise<Awaited<R>>;
}

export interface AnyPipeline {
  readonly name: string;
  readonly spec: PipelineSpec<z.ZodType>;
  readonly run: (params: never, facts: RunFacts) => unknown;
}

const BRAND = Symbol.for('trainyard.pipeline');

export function isPipeline(value: unknown): value is AnyPipeline {
  return typeof value === 'function' && BRAND in value;
}

/**
 * Declares a pipeline. The function runs as a Temporal Workflow: plain TypeScript is the graph language, and what
 * could be decided differently on replay (time, chance, people) goes through `gate`, `approval` and nodes.
 */
export function pipeline<const N extends string, P extends z.ZodType = z.ZodObject<{}>, R = unknown>(
  name: N,
  spec: PipelineSpec<P>,
  run: (params: z.output<P>, facts: RunFacts) => R | Promise<R>,
): Pipeline<N, P, R> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new TrainyardError('TY-CONFIG', {
      what: `"${name}" is not a pipeline's name`,
      expected: 'lower-case letters, digits and hyphens',
    });
  }
  checkStanding(name, spec);
  const call = async (params: z.input<P>): Promise<unknown> => {
    const runtime = currentRuntime(`pipeline ${name}`);
    const parsed = parsePipelineParams({ name, spec }, params) as z.output<P>;
    return runtime.scope(name, () => run(parsed, runtime.run));
  };
  Object.defineProperty(call, 'name', { value: name });
  return Object.assign(call, { spec, run, [BRAND]: true }) as unknown as Pipeline<N, P, R>;
}

/** A pipeline's parameters as its schema gives them; throws TY-PARAM naming each field that is wrong. */
export function parsePipelineParams(of: { name: string; spec: PipelineSpec<z.ZodType> }, params: unknown): unknown {
  const schema =
    of.spec.params instanceof z.ZodObject ? of.spec.params.strict() : (of.spec.params ?? z.strictObject({}));
  const parsed = schema.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  throw new TrainyardError('TY-PARAM', {
    what: `the parameters of pipeline ${of.name} are not valid: ${sayIssues(parsed.error)}`,
    where: { field: parsed.error.issues[0]?.path.join('.') || undefined },
    remedy: `trainyard run ${of.name} --help lists its parameters`,
  });
}

/** Zod's findings in one line. */
export function sayIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => `${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`)
    .join('; ');
}

/**
 * Runs `fn` for each item, side by side, under the names `name[0]`, `name[1]`, …; results in the order of the items.
 * Equal calls within are still one computation: what they compute decides, not their place in the list.
 */
export function map<T, R>(
  items: readonly T[],
  fn: (item: T, index: number) => R | PromiseLike<R>,
  name = 'map',
): Promise<Awaited<R>[]> {
  const runtime = currentRuntime('map');
  return Promise.all(items.map((item, index) => runtime.scope(`${name}[${index}]`, async () => fn(item, index))));
}

/**
 * A handle whose artifact some wiring of its own decides: for authoring functions that are made of several nodes, or
 * wait for people, and still return at once.
 */
export function defer<K extends Kind>(kind: K, name: string, make: () => PromiseLike<Ref<K>>): Handle<K> {
  const promise = currentRuntime(name).scope(name, async () => make());
  return makeHandle({ kind, call: `deferred ${name}`, port: 'out', node: name, ref: promise });
}

/** The value of a JSON or report artifact, read from the store when it is too large to travel. */
export async function valueOf<K extends Kind>(handle: Handle<K>): Promise<ValueOf<K>> {
  return (await currentRuntime('valueOf').value(handle)) as ValueOf<K>;
}

/** A question to people, for `approval`. */
export interface ApprovalAsk {
  readonly name: string;
  readonly question: string;
  readonly evidence?: Json;
  readonly deadline?: Duration;
  readonly byDefault?: boolean;
}

/** What a person said to an approval, or its default after the deadline. */
export interface ApprovalAnswer {
  readonly approved: boolean;
  readonly by: string;
  readonly why: string;
}

/**
 * Waits for a person's yes or no, for weeks if need be, holding no slot: answered on the run page or by
 * `trainyard approve`. After `deadline` the stated default counts, and the record says so.
 */
export async function approval(ask: ApprovalAsk): Promise<boolean> {
  return (await approvalAnswer(ask)).approved;
}

/** The same, with who said so and why. */
export async function approvalAnswer(ask: ApprovalAsk): Promise<ApprovalAnswer> {
  const runtime = currentRuntime('approval');
  const deadlineMs = ask.deadline === undefined ? undefined : durationMs(ask.deadline);
  const evidence = ask.evidence ?? null;
  const answer = await runtime.approve({
    name: ask.name,
    question: ask.question,
    evidence,
    ...(deadlineMs === undefined ? {} : { deadlineMs, byDefault: ask.byDefault ?? false }),
  });
  runtime.decide({
    name: ask.name,
    kind: 'approval',
    passed: answer.approved,
    evidence,
    by: answer.by,
    why: answer.why,
  });
  return answer;
}
