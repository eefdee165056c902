import { QueryNotRegisteredError, WorkflowNotFoundError } from '@temporalio/client';
import type { z } from 'zod';
import { sayLeft } from '../core/duration.js';
import { partNamed } from './parts.js';
import type { DurableProcess, ProcessView, ProcessWords } from './process.js';
import type { RunReader } from './run/run-view.js';
import { LOOK_MS } from './patience.js';

/** Reads the state of a process by a query of its Workflow, for as long as Temporal remembers it and a worker answers. */
export function asked<State>(schema: z.ZodType<State>, query = 'state'): ProcessView<State>['read'] {
  return async ({ temporal }, id) => {
    if (!temporal) return undefined;
    try {
      const ask = (): Promise<unknown> => temporal.workflow.getHandle(id).query(query);
      return schema.parse(await temporal.withDeadline(Date.now() + LOOK_MS, ask));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError) return undefined;
      throw error;
    }
  };
}

/** The process of a name; undefined where the project, or without one the package, has none. */
export async function processNamed(name: string): Promise<DurableProcess | undefined> {
  return (await partNamed('process', name)) as DurableProcess | undefined;
}

/** Where a process stands, as a sentence. */
export function processSentence({ parts, leftMs }: ProcessWords): string {
  const left = sayLeft(leftMs);
  return [...parts.map(({ texts }) => texts[0] ?? ''), ...(left === undefined ? [] : [left])].join(', ');
}

/** What a process says of itself, and how that is said. */
export interface SeenProcess {
  readonly state: unknown;
  words(now: number): ProcessWords;
}

/** Looks at a process of a name; undefined where nothing is shown of it, or nothing is known. */
export async function seeProcess(
  reader: RunReader,
  name: string,
  id: string,
  known?: SeenProcess,
): Promise<SeenProcess | undefined> {
  const view = (await (await processNamed(name))?.view?.()) as ProcessView<unknown> | undefined;
  const state = await view?.read(reader, id, known?.state);
  return view && state !== undefined ? { state, words: (now) => view.say(state, now) } : undefined;
}
