import type { Handle } from './handle.js';
import type { Json } from './json.js';
import type { Kind, ValueOf } from './kinds.js';
import { TrainyardError } from '@trainyard/errors';
import { watched, type Compared } from './reading.js';
import { currentRuntime } from './runtime.js';

/** What a figure is held against: the least, the most, or both; or a threshold, on the better side of which it must be. */
export interface GateLimit {
  readonly atLeast?: number;
  readonly atMost?: number;
  /** The least for a figure that is better when larger, the most for one that is better when smaller, as its report says. */
  readonly threshold?: number;
  /** What the gate is called; by default the figure and its limit: `f1.macro ≥ 0.9`. */
  readonly name?: string;
}

/**
 * A recorded decision on an artifact's value: waits for it, asks, and puts the answer with its evidence into the graph.
 * With a limit the figure that `ask` gives is held against it, and the record says what stood against what; a figure
 * that is not there does not pass. Throws TY-PARAM for a threshold of a figure whose report does not say which way it is
 * better. Without a limit, `ask` answers itself, and the record says which figures it has read.
 * `ask` must be a pure function of the value.
 */
export function gate<K extends Kind>(
  handle: Handle<K>,
  ask: (value: ValueOf<K>) => number | null | undefined,
  limit: GateLimit,
): Promise<boolean>;
export function gate<K extends Kind>(
  handle: Handle<K>,
  ask: (value: ValueOf<K>) => boolean,
  name?: string,
): Promise<boolean>;
export async function gate<K extends Kind>(
  handle: Handle<K>,
  ask: (value: ValueOf<K>) => boolean | number | null | undefined,
  how: string | GateLimit = 'gate',
): Promise<boolean> {
  const runtime = currentRuntime('gate');
  const value = (await runtime.value(handle)) as ValueOf<K>;
  const { view, read } = watched(value);
  const answer = ask(view);
  const compared =
    typeof how === 'string'
      ? { read: { ...read } }
      : heldAgainst(limitOf(how, value, { ...read }), { ...read }, answer);
  const passed = typeof how === 'string' ? Boolean(answer) : isWithin(compared);
  const name = typeof how === 'string' ? how : (how.name ?? nameOf(compared));
  runtime.decide({ name, kind: 'gate', passed, evidence: (value ?? null) as Json, compared, after: [handle] });
  return passed;
}

/** A limit with its threshold on the side where the report's figure is worse. */
function limitOf({ threshold, ...limit }: GateLimit, value: unknown, read: Compared['read']): GateLimit {
  if (threshold === undefined) return limit;
  const [path = '', ...more] = Object.keys(read);
  const { better } = (value ?? {}) as { readonly better?: Readonly<Record<string, unknown>> };
  const way = more.length === 0 && better && Object.hasOwn(better, path) ? better[path] : undefined;
  if (way === 'larger') return { ...limit, atLeast: threshold };
  if (way === 'smaller') return { ...limit, atMost: threshold };
  throw new TrainyardError('TY-PARAM', {
    what: `a gate cannot hold ${path === '' || more.length > 0 ? 'its figure' : path} against a threshold: the report does not say which way it is better`,
    where: { field: 'threshold' },
    expected: `one figure of a report that says so${better ? `: ${Object.keys(better).join(', ')}` : ', such as that of evaluate.final'}`,
    remedy: 'say atLeast or atMost',
  });
}

function heldAgainst({ atLeast, atMost }: GateLimit, read: Compared['read'], answer: unknown): Compared {
  return {
    read,
    figure: typeof answer === 'number' && Number.isFinite(answer) ? answer : null,
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(atMost === undefined ? {} : { atMost }),
  };
}

function isWithin({ figure, atLeast = -Infinity, atMost = Infinity }: Compared): boolean {
  return typeof figure === 'number' && figure >= atLeast && figure <= atMost;
}

function nameOf({ read, atLeast, atMost }: Compared): string {
  const [path, ...more] = Object.keys(read);
  const figure = path === undefined || more.length > 0 ? 'figure' : path;
  const limits = [...(atLeast === undefined ? [] : [`≥ ${atLeast}`]), ...(atMost === undefined ? [] : [`≤ ${atMost}`])];
  return `${figure} ${limits.join(' and ')}`.trim();
}
