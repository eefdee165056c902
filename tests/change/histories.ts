import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import proto from '@temporalio/proto';
import { bundleWith } from '../../project/workflow-bundle.js';
import { loadProject } from '../../project/project.js';
import type { BundleData } from '../../workflows/engine/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where recorded histories lie: `<release>/<project>/`, in it `project/`, `facts.json` and `*.history.gz`. */
export const HISTORIES = path.join(root, 'tests', 'histories');

/** A release's mark: how much of the ledger of replayed behaviour it knew. */
export interface ReleaseMark {
  readonly release: string;
  readonly ledger: { readonly entries: number; readonly digest: string };
}

export interface Recording {
  readonly release: string;
  readonly project: string;
  readonly folder: string;
}

const { History } = proto.temporal.api.history.v1;
export type History = ReturnType<typeof History.decode>;

const folders = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((one) => one.isDirectory())
        .map((one) => one.name)
        .sort()
    : [];

export function releases(): ReleaseMark[] {
  return folders(HISTORIES).map(
    (release) => JSON.parse(readFileSync(path.join(HISTORIES, release, 'release.json'), 'utf8')) as ReleaseMark,
  );
}

export function recordings(): Recording[] {
  return folders(HISTORIES).flatMap((release) =>
    folders(path.join(HISTORIES, release)).map((project) => ({
      release,
      project,
      folder: path.join(HISTORIES, release, project),
    })),
  );
}

/** Histories of a recording by name. */
export function historiesOf({ folder }: Recording): { readonly name: string; readonly history: History }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.history.gz'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -'.history.gz'.length),
      history: History.decode(gunzipSync(readFileSync(path.join(folder, file)))),
    }));
}

/**
 * The Workflows as they are now, bundled for a recorded project: its pipelines as they were, and what the bundle knew of
 * the project's nodes, since keys follow from it.
 */
export async function bundleFor({ folder }: Recording): Promise<string> {
  const copy = mkdtempSync(path.join(tmpdir(), 'trainyard-replay-'));
  cpSync(path.join(folder, 'project'), copy, { recursive: true });
  mkdirSync(path.join(copy, 'node_modules'));
  symlinkSync(root, path.join(copy, 'node_modules', 'trainyard'));
  symlinkSync(path.join(root, 'node_modules', 'zod'), path.join(copy, 'node_modules', 'zod'));
  const facts = JSON.parse(readFileSync(path.join(folder, 'facts.json'), 'utf8')) as BundleData;
  return bundleWith(await loadProject(path.join(copy, 'temporal.config.ts')), facts);
}
