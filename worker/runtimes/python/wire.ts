import { readFile, writeFile } from 'node:fs/promises';
import { sayThrown } from '@trainyard/errors';
import type { NodeContext } from '../../../core/implement.js';
import type { Json } from '../../../core/json.js';
import type { Reported } from '../../../core/task.js';

/** What the process says of a call that failed. */
export interface PythonFailure {
  readonly type: 'failed';
  readonly fault:
    'cancelled' | 'code' | 'host' | 'memory' | 'module' | 'other' | 'output' | 'seed' | 'transient' | 'user';
  readonly what: string;
  /** Name of the exception's class. */
  readonly name: string;
  /** The last place in the node's own code; files below the code folder. */
  readonly place: { readonly file: string; readonly line: number; readonly function: string } | null;
  /** The traceback from the node's own code on; may be empty. */
  readonly trace: string;
  /** What its author said beside the message. */
  readonly parts?: {
    readonly expected?: string | null;
    readonly actual?: string | null;
    readonly remedy?: string | null;
    readonly where?: Readonly<Record<string, unknown>>;
  };
  /** Of `host`: which question was refused. */
  readonly number?: number;
  /** Of `module`: what could not be imported. */
  readonly module?: string | null;
}

/** What the process says: one line of JSON each. What has a number is answered under it. */
export type FromPython =
  | { readonly type: 'log'; readonly message: string }
  | { readonly type: 'progress'; readonly fraction: number; readonly message: string | null }
  | { readonly type: 'report'; readonly number: number; readonly step: number | null; readonly value: Figures }
  /** The state of a checkpoint lies in a file, or is to be written to it. */
  | { readonly type: 'save' | 'load'; readonly number: number; readonly file: string }
  | { readonly type: 'secret'; readonly number: number; readonly name: string }
  | { readonly type: 'done' }
  | PythonFailure;

/** Figures as JSON holds them: what is no finite number is null. */
type Figures = number | null | { readonly [name: string]: Figures };

/** What it is told. */
export type ToPython =
  | { readonly type: 'cancel' }
  | { readonly number: number; readonly answer: Json }
  | { readonly number: number; readonly error: string };

/** Does what a message asks of the node's surroundings. What is refused is kept by its number, and said in words. */
export async function answerTo(
  message: Exclude<FromPython, { type: 'done' | 'failed' }>,
  ctx: NodeContext,
  refused: Map<number, unknown>,
  send: (answer: ToPython) => void,
): Promise<void> {
  if (message.type === 'log') return ctx.log(message.message);
  if (message.type === 'progress') return ctx.progress(message.fraction, message.message ?? undefined);
  const { number } = message;
  try {
    send({ number, answer: await asked(message, ctx) });
  } catch (error) {
    refused.set(number, error);
    send({ number, error: sayThrown(error) });
  }
}

async function asked(message: Extract<FromPython, { number: number; type: string }>, ctx: NodeContext): Promise<Json> {
  switch (message.type) {
    case 'report':
      await ctx.report(message.step ?? Number.NaN, reportedOf(message.value));
      return null;
    case 'save':
      await ctx.checkpoint.save(await readFile(message.file));
      return null;
    case 'load': {
      const state = await ctx.checkpoint.load();
      if (state) await writeFile(message.file, state);
      return state !== undefined;
    }
    case 'secret':
      return ctx.secret(message.name);
  }
}

function reportedOf(value: Figures): Reported {
  if (value === null) return Number.NaN;
  if (typeof value === 'number') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, reportedOf(inner)]));
}
