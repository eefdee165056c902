import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { pagesOf } from '../../core/paging.js';
import {
  noteNeed,
  readDecided,
  readGraph,
  readRun,
  readRecord,
  RECORDS,
  sweepBefore,
  undisturbed,
  type RunStart,
  type Store,
} from '../../store/index.js';
import type { Made, Row, Table } from '../../workflows/engine/index.js';

/** Tables of this many runs are remembered while their pages are asked for. */
const REMEMBERED = 4;

/** Tables of finished nodes of runs that have ended, read once from their graphs and told in pages. */
export class FormerTables {
  readonly #store: Store;
  readonly #read = new Map<string, { readonly pages: readonly (readonly Row[])[]; untold: number }>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The table of the run named, or of the last one of the same pipeline, with its first page. */
  async open(start: RunStart, using: string | null): Promise<{ table: Table | null; rows: readonly Row[] }> {
    const run = using ?? (await latestRun(this.#store, start.pipeline));
    if (run === null || run === start.id) return { table: null, rows: [] };
    // Before it relies on them: what the former run has found and made is kept as long as this one is open.
    const sweep = await sweepBefore(this.#store);
    await noteNeed(this.#store, start.id, { run });
    await undisturbed(this.#store, sweep);
    const asked = { run, withGiven: using !== null };
    const { length } = await this.#pages(asked);
    const table = { ...asked, pages: length };
    return { table, rows: length === 0 ? [] : await this.page(table, 0) };
  }

  /** A page; of calls whose outputs are not in the store any more, which are computed again, only their place. */
  async page(table: Table, number: number): Promise<readonly Row[]> {
    const page = (await this.#pages(table))[number] ?? [];
    const there = await Promise.all(page.map(([, outputs]) => isThere(this.#store, outputs)));
    const known = this.#read.get(nameOf(table));
    // A page that is asked for again, since its answer was lost, is read again if need be.
    if (known && --known.untold <= 0) this.#read.delete(nameOf(table));
    return page.map((row, index) => (there[index] ? row : [row[0], null]));
  }

  async #pages(asked: Pick<Table, 'run' | 'withGiven'>): Promise<readonly (readonly Row[])[]> {
    const known = this.#read.get(nameOf(asked));
    if (known) return known.pages;
    const graph = (await readGraph(this.#store, asked.run)) as unknown as GraphRecord | null;
    const decided = asked.withGiven ? await decidedRows(this.#store, asked.run) : [];
    const pages = pagesOf([...placed(graph === null ? [] : rowsOf(graph, asked.withGiven), decided)]);
    for (const oldest of [...this.#read.keys()].slice(0, this.#read.size + 1 - REMEMBERED)) this.#read.delete(oldest);
    this.#read.set(nameOf(asked), { pages, untold: pages.length });
    return pages;
  }
}

/** Where the last run of a pipeline that ended is named. */
export function latestKey(pipeline: string): string {
  return `latest/${pipeline}`;
}

async function latestRun(store: Store, pipeline: string): Promise<string | null> {
  return (await readRecord(store, latestKey(pipeline), RECORDS.latest))?.run ?? null;
}

function nameOf({ run, withGiven }: Pick<Table, 'run' | 'withGiven'>): string {
  return `${run} ${withGiven}`;
}

/** What ended in a run, in the order in which its pipeline saw it. Equal calls are one row. */
function rowsOf(graph: GraphRecord, withGiven: boolean): Row[] {
  const ended = graph.nodes.flatMap((node) => {
    const known = node.outputs !== undefined && (withGiven || !node.given);
    const row = known || (node.order !== undefined && !node.given) ? rowOf(node, known) : undefined;
    return row ? [{ order: node.order ?? Infinity, at: node.endedAt ?? Infinity, row }] : [];
  });
  const others = (graph.others ?? []).map(([order, id]) => ({ order, at: Infinity, row: [id, null] as Row }));
  // Runs of former releases tell when calls ended, and no order.
  const rows = [...ended, ...others]
    .sort((a, b) => compare(a.order, b.order) || compare(a.at, b.at))
    .map(({ row }) => row);
  const first = new Map<string, Row>();
  for (const row of rows) if (!first.get(row[0])?.[1]) first.set(row[0], row[1] ? row : (first.get(row[0]) ?? row));
  return [...first.values()];
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function rowOf({ key, outputs, given, recoveries }: GraphNode, known: boolean): Row | undefined {
  if (key === undefined) return undefined;
  if (!known) return [key, null];
  if (!given) return [key, outputs ?? null];
  return [key, outputs ?? null, { state: 'found', given, ...(recoveries ? { recoveries } : {}) }];
}

/** Rows with what operators decided in the place of what it was computed as, and what they decided in other runs after them. */
function placed(rows: readonly Row[], decided: readonly Row[]): Iterable<Row> {
  const byKey = new Map(rows.map((row) => [row[0], [row]]));
  for (const row of decided) {
    const [asked, , told] = row;
    const [at] = byKey.get(asked) ?? [];
    if (at || told?.key === undefined) byKey.set(asked, [row]);
    else byKey.set(told.key, [...(byKey.get(told.key) ?? []), row]);
  }
  return [...byKey.values()].flat();
}

/** What operators have put in the place of failed calls, in a run that is resumed and those before it. */
async function decidedRows(store: Store, run: string): Promise<Row[]> {
  const lineage = (await readRun(store, run))?.start.lineage ?? run;
  return (await readDecided(store, lineage)).map(({ key, outputs, told = {} }) => [
    key,
    outputs as unknown as Row[1],
    { ...(told as Made), state: 'found' },
  ]);
}

async function isThere(store: Store, outputs: Row[1]): Promise<boolean> {
  if (!outputs) return true;
  for (const { digest } of Object.values(outputs)) if ((await store.blobSize(digest)) === null) return false;
  return true;
}
