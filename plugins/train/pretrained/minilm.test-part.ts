import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTrainyardError } from '@trainyard/errors';
import { ensureMinilm } from '../../../setup/index.js';
import type { TestArtifact } from '../../../worker/testing/index.js';

/** What MiniLM answers; made by reference/make-minilm.py. */
export const reference = JSON.parse(readFileSync(new URL('reference/minilm.json', import.meta.url), 'utf8')) as {
  steps: number;
  texts: string[];
  ids: number[][];
  vectors: number[][];
};

/** MiniLM's files as ingest.snapshot gives them, fetched once; or why they cannot be had here, for tests that are then passed over. */
export async function minilmFiles(): Promise<{ files: TestArtifact[] } | { missing: string }> {
  try {
    const { path } = await ensureMinilm();
    return { files: [filesIn(path)] };
  } catch (error) {
    if (!isTrainyardError(error)) throw error;
    return { missing: `MiniLM cannot be had here: ${error.what}` };
  }
}

/** A folder as a snapshot of it. */
export function filesIn(folder: string, more: Readonly<Record<string, string>> = {}): TestArtifact {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
  const all = [...names.map((name) => [name, { path: join(folder, name) }] as const), ...Object.entries(more)];
  return {
    value: { source: folder, files: all.map(([name], i) => ({ file: `f${i}`, name })) },
    files: Object.fromEntries(all.map(([, content], i) => [`f${i}`, content])),
  };
}
