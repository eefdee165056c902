import { createRecord, readRecord, RECORDS, type JsonObject, type Store } from '../../store/index.js';
import type { CodeParts } from '../../project/code-parts.js';

/** Keeps, under each node's code hash, which files and packages it was taken of: what `explain` names when it changes. */
export async function noteCodes(
  store: Store,
  codes: Iterable<{ readonly node: string; readonly hash: string; readonly parts: CodeParts }>,
): Promise<void> {
  for (const { node, hash, parts } of codes)
    await createRecord(store, `codes/${hash}`, RECORDS.code, { node, ...parts } as unknown as JsonObject, {
      durable: false,
    });
}

/** The code of a pipeline in a build, and what it was taken of. */
export interface PipelineCode {
  readonly hash: string;
  readonly parts: CodeParts;
}

/** Keeps the code of the pipelines of a build: by it a repetition knows whether they are as they were. */
export async function notePipelines(
  store: Store,
  build: string,
  pipelines: ReadonlyMap<string, PipelineCode>,
): Promise<void> {
  const value = Object.fromEntries(pipelines) as unknown as JsonObject;
  await createRecord(store, pipelinesKey(build), RECORDS.pipelines, value, { durable: false });
}

/** The code of a build's pipelines by their names, if it was kept. */
export async function readPipelines(
  store: Store,
  build: string | undefined,
): Promise<Readonly<Record<string, PipelineCode>> | undefined> {
  if (build === undefined || !/^[0-9a-f]{8,64}$/.test(build)) return undefined;
  const pipelines = await readRecord(store, pipelinesKey(build), RECORDS.pipelines);
  return (pipelines ?? undefined) as unknown as Readonly<Record<string, PipelineCode>> | undefined;
}

/** Where the code of a build's pipelines is kept. */
export function pipelinesKey(build: string): `codes/${string}` {
  return `codes/pipelines-${build}`;
}

/** The files and packages behind a code hash, as far as they are known. */
export async function readCode(store: Store, hash: string): Promise<CodeParts | undefined> {
  if (!/^[0-9a-f]{8,64}$/.test(hash)) return undefined;
  const code = await readRecord(store, `codes/${hash}`, RECORDS.code);
  return (code ?? undefined) as unknown as CodeParts | undefined;
}
