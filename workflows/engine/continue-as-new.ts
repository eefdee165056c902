import { allHandlersFinished, continueAsNew } from '@temporalio/workflow';
import type { Digest } from '../../core/digest.js';
import type { GraphRecord } from '../../core/graph.js';
import { jsonBytes, pagesOf } from '../../core/paging.js';
import type { CarriedRun } from '../../core/task.js';
import type { Engine } from './engine.js';
import { nextTask } from './next-task.js';
import type { CarriedRow, Row, Table } from './contract.js';
import { engineActivities } from './proxies.js';
import { when } from './answer-order.js';
import type { FoundOutputs } from './contract.js';

/** What a run does not send through Temporal leaves its worker in parts of this size: it is written at once. */
const PART_BYTES = 1_000_000;

/** Pages of which the answers are recorded together: one message to the server takes 4 MB. */
const PAGES_AT_ONCE = 32;

/** Reads pages side by side, in the order of their numbers. */
async function readPages<T>(count: number, read: (page: number) => Promise<T>, from = 0): Promise<T[]> {
  const pages: T[] = [];
  for (let next = from; next < count; next += PAGES_AT_ONCE) {
    if (next > from) await nextTask();
    const together = Array.from({ length: Math.min(PAGES_AT_ONCE, count - next) }, (_, index) => read(next + index));
    pages.push(...(await Promise.all(together)));
  }
  return pages;
}

/** Loads what the earlier parts of this run have finished. */
export async function loadCarried(engine: Engine, { journal }: CarriedRun): Promise<void> {
  const {
    startedAt,
    pages,
    bytes,
    answers = [],
    asked = [],
  } = await engineActivities()['trainyard.loadJournal'](journal);
  engine.approvals.remember(answers, asked);
  engine.graph.record.startedAt = startedAt;
  const rows = await readPages(pages.length, (page) => engineActivities()['trainyard.loadPage'](pages[page] as Digest));
  engine.scheduler.carryOn(rows.flat(), bytes);
  const ended = rows.flat().filter(([, outputs, told]) => outputs !== null || told === null);
  engine.order?.remember(
    ended.map(([id]) => id),
    true,
  );
  engine.graph.remember(rows.flat());
}

/** Loads the rest of a former run's table, whose first page is there. */
export async function loadTable(
  engine: Engine,
  { table, rows }: { readonly table: Table | null; readonly rows: readonly Row[] },
): Promise<void> {
  const add = (some: readonly Row[]): void => {
    engine.scheduler.addFinished(some);
    engine.order?.remember(
      some.map(([id]) => id),
      false,
    );
    engine.graph.rememberDecided(some);
  };
  add(rows);
  if (table === null) return;
  const rest = await readPages(table.pages, (page) => engineActivities()['trainyard.table'](table, page), 1);
  add(rest.flat());
}

/** What has been finished since the last time; with the nodes themselves where their calls are not made again. */
function fresh(engine: Engine, wholeNodes: boolean): CarriedRow[] {
  if (wholeNodes) {
    const rows = engine.scheduler.fresh().map(([key, outputs]): CarriedRow => [key, outputs, null]);
    return [...rows, ...engine.graph.ended().map((node): CarriedRow => [node.key as Digest, null, node])];
  }
  const made = engine.graph.made();
  const found = new Map<string, FoundOutputs>(engine.scheduler.fresh());
  const order = new Set([...(engine.order?.fresh() ?? []), ...found.keys()]);
  const rows = [...order].map((id): CarriedRow => {
    const outputs = found.get(id);
    return outputs ? [id, outputs, made.get(id) ?? null] : [id, null, null];
  });
  return [...rows, ...engine.graph.waiting()];
}

/** Continues as new: what has been finished since the last time joins what the run carries. */
export async function goOn(
  engine: Engine,
  hosted: {
    readonly carried?: CarriedRun | undefined;
    readonly goesOn?: boolean | undefined;
    readonly again: (carried: CarriedRun) => unknown[] | Promise<unknown[]>;
  },
): Promise<never> {
  const { carried } = hosted;
  const activities = engineActivities();
  engine.recoveries.close();
  engine.approvals.close();
  // With those that the pipeline has not asked for again.
  const { all: answers, asked } = engine.approvals;
  const before = carried && (await activities['trainyard.loadJournal'](carried.journal));
  const added = pagesOf(fresh(engine, hosted.goesOn ?? false));
  const pages = await Promise.all(added.map((page) => activities['trainyard.keep'](page)));
  const journal = await activities['trainyard.saveJournal'](engine.run.id, {
    startedAt: engine.graph.record.startedAt,
    pages: [...(before?.pages ?? []), ...pages],
    bytes: added.reduce((sum, page) => sum + jsonBytes(page), before?.bytes ?? 0),
    ...(answers.length === 0 ? {} : { answers }),
    ...(asked.length === 0 ? {} : { asked }),
  });
  await when(allHandlersFinished);
  return continueAsNew(...(await hosted.again({ journal, generation: (carried?.generation ?? 0) + 1 })));
}

/** Saves the graph of a run that has ended. */
export async function saveGraph(record: GraphRecord): Promise<void> {
  const activities = engineActivities();
  const parts = pagesOf(record.nodes, PART_BYTES);
  const nodes = parts.pop() ?? [];
  const saved = await Promise.all(parts.map((part) => activities['trainyard.keep'](part)));
  await activities['trainyard.saveGraph']({ ...record, nodes }, saved);
}
