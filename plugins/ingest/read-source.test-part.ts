import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRows, TABLE_FILE, withDatabase, type Column, type TableRow } from '@trainyard/tables';
import type { Source } from '../../core/index.js';
import type { Part } from '../../core/part.js';
import type { InputArtifact } from '../../worker/index.js';
import { runNode } from '../../worker/testing/index.js';
import { fileSource } from './sources/file/kind.js';
import type { SiftFigures } from './contract.js';
import { parseNode, siftNode, snapshotNode } from './worker.js';

/** A project's folder for a test file; nodes read sources in it. */
export function projectForTests(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-sources-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.env['TRAINYARD_PROJECT'] = folder;
  return folder;
}

/** Writes files into a folder, with the folders that they need. */
export async function put(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
}

/** What reading a source gave. */
export interface ReadSource {
  /** Rows without their identities. */
  readonly rows: TableRow[];
  /** Types of the columns but the identity, by name. */
  readonly types: Readonly<Record<string, string>>;
  readonly snapshot: string;
  readonly table: string;
  readonly log: readonly string[];
  /** What was left out and kept. */
  readonly leftOut?: readonly TableRow[];
}

/** Reads a source by both nodes, as a worker would. */
export async function readSource(
  source: Source,
  params: Readonly<Record<string, unknown>> = {},
  parts: readonly Part[] = [fileSource],
): Promise<ReadSource> {
  await using taken = await runNode(snapshotNode, { params: { source }, parts });
  await using parsed = await runNode(parseNode, {
    params: { of: source, ...params },
    inputs: { source: taken.output },
    store: taken.store,
    parts,
  });
  const file = await parsed.output.path(TABLE_FILE);
  const rows = await withDatabase({}, (database) => readRows(database, file));
  const { columns } = parsed.output.value as { columns: readonly Column[] };
  return {
    rows: rows.map(({ _row, ...rest }) => rest),
    types: Object.fromEntries(columns.slice(1).map(({ name, type }) => [name, type])),
    snapshot: taken.output.ref.digest,
    table: parsed.output.ref.digest,
    log: [...taken.log, ...parsed.log],
    ...(await leftOutOf(parsed.output)),
  };
}

/** What reading a source gave where rows may be left out. */
export interface SiftedSource {
  readonly rows: readonly TableRow[];
  readonly identities: readonly string[];
  /** Lines of the quarantine. */
  readonly quarantine: readonly TableRow[];
  readonly figures: SiftFigures;
  readonly page: string;
  /** Digests of the table and of the quarantine. */
  readonly digests: readonly [table: string, quarantine: string];
}

/** Reads a source by the nodes that leave bad rows out, as a worker would. */
export async function siftSource(
  source: Source,
  params: Readonly<Record<string, unknown>>,
  parts: readonly Part[] = [fileSource],
): Promise<SiftedSource> {
  await using taken = await runNode(snapshotNode, { params: { source }, parts });
  await using sifted = await runNode(siftNode, {
    params: { of: source, ...params } as never,
    inputs: { source: taken.output },
    store: taken.store,
    parts,
  });
  const { table, quarantine, report } = sifted.outputs as Record<'table' | 'quarantine' | 'report', InputArtifact>;
  const read = async (one: InputArtifact): Promise<TableRow[]> => {
    const path = await one.path(TABLE_FILE);
    return withDatabase({}, (database) => readRows(database, path));
  };
  const rows = await read(table);
  return {
    rows: rows.map(({ _row, ...rest }) => rest),
    identities: rows.map(({ _row }) => String(_row)),
    quarantine: await read(quarantine),
    figures: report.value as SiftFigures,
    page: await report.text('report.html'),
    digests: [table.ref.digest, quarantine.ref.digest],
  };
}

async function leftOutOf(table: InputArtifact): Promise<{ leftOut?: readonly TableRow[] }> {
  if (!table.files.includes('left-out.parquet')) return {};
  const file = await table.path('left-out.parquet');
  return { leftOut: await withDatabase({}, (database) => readRows(database, file)) };
}
