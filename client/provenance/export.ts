import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Digest } from '../../core/digest.js';
import type { GraphRecord } from '../../core/graph.js';
import { isTrainyardError } from '@trainyard/errors';
import { packageVersion } from '../../project/package-root.js';
import type { Project } from '../../project/project.js';
import {
  Artifacts,
  blobsOfAll,
  commit,
  endRun,
  FileStore,
  putEnvironment,
  putGraph,
  readEnvironment,
  readRun,
  startRun,
  writeNodeRecord,
  type NodeRecord,
  type Store,
} from '../../store/index.js';
import { answersOf, outsideOf } from './answers.js';
import { projectCodes } from '../../project/codes.js';
import { pipelinesKey } from './codes.js';
import { callsOf } from './find-call.js';
import { runManifest } from './manifest.js';
import { projectFiles } from './project-files.js';
import { copyOpenings } from './openings.js';
import { RecordIndex } from './record-index.js';
import { ZipWriter } from './zip-writer.js';

/** The entry that says what the file is. */
export const EXPORT_ENTRY = 'trainyard-export.json';

export interface ExportHead {
  readonly format: 'trainyard.export/1';
  readonly trainyard: string;
  readonly run: string;
  /** The configuration among the project's files. */
  readonly config: string;
  /** Packages that the project's code imports. */
  readonly packages: readonly string[];
}

export interface Exported {
  readonly records: number;
  readonly blobs: number;
  readonly files: number;
}

/**
 * Writes one file with which a run can be verified anywhere: manifest, records, graph, the blobs of what came from
 * outside, the manifests of all other artifacts, and the project's code. Throws TY-STORE-MISSING when a blob is gone.
 */
export async function exportRun(options: {
  readonly project: Project;
  readonly store: Store;
  readonly graph: GraphRecord;
  readonly file: string;
}): Promise<Exported> {
  const { project, store, graph, file } = options;
  const temporary = `${file}.${process.pid}.tmp`;
  const folder = await mkdtemp(path.join(tmpdir(), 'trainyard-export-'));
  const zip = new ZipWriter(temporary);
  try {
    const sources = await projectFiles(project);
    const head: ExportHead = {
      format: 'trainyard.export/1',
      trainyard: packageVersion(),
      run: graph.run,
      config: path.basename(project.configFile),
      packages: sources.packages,
    };
    await zip.add(EXPORT_ENTRY, json(head), true);
    await zip.add('manifest.json', json(await runManifest(store, graph)), true);
    for (const name of sources.files)
      await zip.add(`project/${name}`, await readFile(path.join(project.root, name)), true);
    const records = new FileStore(folder);
    const calls = await copyRecords(store, records, graph);
    await copyOpenings(store, records, graph);
    let count = 0;
    for await (const { key } of records.list('')) {
      await zip.add(`records/${key}`, (await records.get(key)) ?? new Uint8Array(), true);
      count++;
    }
    const { processes } = await projectCodes(project);
    const answers = await answersOf(store, graph, { contracts: project.contracts, processes });
    const part = (await readRun(store, graph.run))?.start['part'];
    const blobs = new Set(await blobsOfAll(store, [...outsideOf(graph, answers), part]));
    for (const digest of await shownBlobs(store, calls)) blobs.add(digest);
    let stored = 0;
    for (const digest of [...blobs].sort()) {
      const blob = await store.blobPath(digest);
      if (blob === null) continue;
      await zip.add(`blobs/${digest}`, createReadStream(blob, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>);
      stored++;
    }
    await zip.end();
    await rename(temporary, file);
    return { records: count, blobs: stored, files: sources.files.length };
  } catch (error) {
    zip.abort();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(temporary, { force: true });
  }
}

function json(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

/** Copies what is on record of a run and its children, with the records of those who made what it found. */
async function copyRecords(from: Store, to: Store, graph: GraphRecord): Promise<NodeRecord[]> {
  const children = graph.nodes.flatMap(({ workflowId }) => workflowId ?? []);
  for (const id of [graph.run, ...children]) {
    const run = await readRun(from, id);
    if (!run) continue;
    await startRun(to, run.start);
    if (run.end) await endRun(to, id, run.end);
    const environment = await readEnvironment(from, id);
    if (environment !== null) await putEnvironment(to, id, environment);
  }
  await putGraph(to, graph.run, graph as never);
  const pipelines = graph.build === undefined ? null : await from.get(pipelinesKey(graph.build));
  if (graph.build !== undefined && pipelines) await to.create(pipelinesKey(graph.build), pipelines);
  const index = new RecordIndex(from);
  const copied = new Map<Digest, NodeRecord>();
  for (const { node, run, graph: own } of await callsOf(from, graph)) {
    if (run !== graph.run) await putGraph(to, run, own as never);
    const record = await index.of(node, run);
    if (!record || copied.has(record.key)) continue;
    copied.set(record.key, record);
    await writeNodeRecord(to, record);
    const outputs = node.outputs ?? record.outputs;
    await commit(to, { format: 1, key: record.key, node: record.node, outputs, madeBy: record.run });
    const code = await from.get(`codes/${record.code}`);
    if (code) await to.create(`codes/${record.code}`, code);
  }
  return [...copied.values()];
}

/** Manifests and large values of all outputs: with them a difference can be named, without the files themselves. */
async function shownBlobs(store: Store, records: readonly NodeRecord[]): Promise<Set<Digest>> {
  const shown = new Set<Digest>();
  for (const { outputs } of records) {
    for (const { digest } of Object.values(outputs)) {
      try {
        const { valueBlob } = await new Artifacts(store).manifest({ digest });
        shown.add(digest);
        if (valueBlob) shown.add(valueBlob.digest);
      } catch (error) {
        // A lost output is named by its digest alone.
        if (!isTrainyardError(error)) throw error;
      }
    }
  }
  return shown;
}
