import type { z } from 'zod';
import { TrainyardError } from '@trainyard/errors';
import type { Handle } from './handle.js';
import type { Json } from './json.js';
import type { Ref } from './kinds.js';
import { currentRuntime, type RunFacts } from './runtime.js';

/** A durable process as pipelines wait for it. */
export interface DurableSpec<P extends z.ZodType, R extends z.ZodType> {
  /** Its name: the one of its `durableProcess`. */
  readonly name: string;
  /** What it is asked: JSON. */
  readonly params: P;
  /** What it gives: JSON. */
  readonly result: R;
}

/**
 * The one argument of a process's Workflow. `Carried` is what it hands to itself when it continues as new, which it does
 * with `{ ...input, carried }`.
 */
export interface ProcessInput<Params = Json, Carried = never> {
  readonly args: { readonly params: Params; readonly inputs: { readonly [name: string]: Ref } };
  readonly run: RunFacts;
  /** What the call is named, unique within its scope. */
  readonly name: string;
  readonly scope: string;
  readonly carried?: Carried;
  /** For tests: continue as new from this many events on, instead of when the server suggests it. */
  readonly continueAfter?: number;
}

/**
 * Makes the function by which pipelines wait for a durable process of a plugin: `sign('release', { people: 2 }, { report })`.
 * The name is unique within its scope; artifacts go as references. The run's graph shows the call, a resume waits for
 * the same one under the new run's id. Throws TY-PARAM for what its schema refuses, TY-NODE-OUTPUT where what it gives is none.
 */
export function durable<P extends z.ZodType, R extends z.ZodType>({
  name: process,
  params,
  result,
}: DurableSpec<P, R>) {
  return async (
    name: string,
    asked: z.input<P>,
    inputs: Readonly<Record<string, Handle>> = {},
  ): Promise<z.output<R>> => {
    const runtime = currentRuntime(process);
    const args = { params: parsed(process, params, asked, 'TY-PARAM') as Json, inputs: await refsOf(inputs) };
    const given = await runtime.child({ workflow: process, name, args: args as unknown as Json });
    return parsed(process, result, given, 'TY-NODE-OUTPUT');
  };
}

function parsed<S extends z.ZodType>(
  process: string,
  schema: S,
  value: unknown,
  code: 'TY-PARAM' | 'TY-NODE-OUTPUT',
): z.output<S> {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const field = issue?.path.join('.') || undefined;
  const what = `${process}: ${field ?? (code === 'TY-PARAM' ? 'what it is asked' : 'what it gave')}: ${issue?.message ?? ''}`;
  throw new TrainyardError(code, { what, where: { node: process, field } });
}

async function refsOf(inputs: Readonly<Record<string, Handle>>): Promise<Record<string, Ref>> {
  const waited = Object.entries(inputs).map(async ([name, handle]) => [name, await handle] as const);
  return Object.fromEntries(await Promise.all(waited)) as Record<string, Ref>;
}
