import type { DurableProcess } from '../../client/process.js';
import { processNamed, seeProcess, type SeenProcess } from '../../client/process-state.js';
import type { RunReader, RunView } from '../../client/run/run-view.js';

/** Children that are asked for their state when a run's page is drawn. */
const MOST_ASKED = 8;
/** How long the page waits for them, ms. */
const WITHIN_MS = 1_500;
/** Processes that were looked at last, by their ids: they are asked only for what is new. */
const known = new Map<string, SeenProcess>();
const MOST_KEPT = 64;

/** The durable processes among the calls of a run, by name. */
export async function processesOf({ graph }: RunView): Promise<ReadonlyMap<string, DurableProcess>> {
  const names = new Set(graph.nodes.flatMap(({ kind, node }) => (kind === 'child' ? [node] : [])));
  const found = await Promise.all(
    [...names].map(async (name) => {
      const process = await processNamed(name);
      return process ? [[name, process] as const] : [];
    }),
  );
  return new Map(found.flat());
}

/** What the durable processes within a run say of themselves, by call: those that go on, or went on last. */
export async function seenChildren(reader: RunReader, { graph }: RunView): Promise<ReadonlyMap<string, SeenProcess>> {
  const children = graph.nodes.filter(({ kind, state }) => kind === 'child' && state !== 'waiting').slice(-MOST_ASKED);
  const found = await Promise.all(
    children.map(async ({ call, node, workflowId = '', state }) => {
      // What one that has ended said stands in the store, or in the run's own record.
      const from = state === 'running' ? reader : { store: reader.store };
      const seen = await inTime(look(from, node, workflowId));
      return seen ? [[call, seen] as const] : [];
    }),
  );
  return new Map(found.flat());
}

async function look(reader: RunReader, name: string, id: string): Promise<SeenProcess | undefined> {
  const before = known.get(id);
  const seen = await seeProcess(reader, name, id, before).catch(() => before);
  if (!seen) return undefined;
  known.delete(id);
  known.set(id, seen);
  const [oldest] = known.keys();
  if (known.size > MOST_KEPT && oldest !== undefined) known.delete(oldest);
  return seen;
}

/** One that does not answer holds no page up: what it says is shown once it has. */
function inTime<T>(asked: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), WITHIN_MS)));
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
