import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputArtifact } from '../../core/artifact.js';
import { parseNode } from '../../plugins/ingest/worker.js';
import { FileStore } from '../../store/files.js';
import { readRows, TABLE_FILE, withDatabase, type TableRow } from '@trainyard/tables';
import { runNode, type NodeRun, type RunNodeOptions } from '../../worker/testing/index.js';
import type { Implementation } from '../../worker/index.js';

const folder = mkdtempSync(join(tmpdir(), 'trainyard-tables-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
/** One store for all tables of a test file, so that artifacts outlive the node that made them. */
const store = new FileStore(folder);

/** Runs a node in the test file's own store. */
export function run(implementation: Implementation, options: Omit<RunNodeOptions, 'store'>): Promise<NodeRun> {
  return runNode(implementation, { ...options, store });
}

/** A table artifact that holds what a CSV text says. */
export async function tableOf(csv: string, params: Record<string, unknown> = {}): Promise<InputArtifact> {
  const source = { value: { source: 'rows.csv' }, files: { source: csv } };
  return (await run(parseNode, { params, inputs: { source } })).output;
}

/** All rows of a table artifact. */
export async function rowsOf<Row extends object = TableRow>(table: InputArtifact | undefined): Promise<Row[]> {
  if (!table) throw new Error('there is no such output');
  const path = await table.path(TABLE_FILE);
  return withDatabase({}, (database) => readRows<Row>(database, path));
}
