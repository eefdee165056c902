import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import proto from '@temporalio/proto';

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

/** In a process of its own: a project's configuration is imported as Node does it, not as the test runner does. */
const BUNDLER = `
import { readFileSync, writeFileSync } from 'node:fs';
const [project, facts, out] = process.argv.slice(1);
const { loadProject } = await import(${JSON.stringify(compiledUrl('project.js'))});
const { bundleWith } = await import(${JSON.stringify(compiledUrl('workflow-bundle.js'))});
const { projectCodes } = await import(${JSON.stringify(compiledUrl('codes.js'))});
const loaded = await loadProject(project);
const { processes } = await projectCodes(loaded);
writeFileSync(out, await bundleWith(loaded, processes, JSON.parse(readFileSync(facts, 'utf8'))));
`;

function compiledUrl(file: string): string {
  return pathToFileURL(path.join(root, 'dist', 'project', file)).href;
}

/**
 * The Workflows as they are now, bundled for a recorded project: its pipelines as they were, and what the bundle knew of
 * the project's nodes, since keys follow from it.
 */
export async function bundleFor({ folder }: Recording): Promise<string> {
  const copy = mkdtempSync(path.join(tmpdir(), 'trainyard-replay-'));
  try {
    cpSync(path.join(folder, 'project'), copy, { recursive: true });
    mkdirSync(path.join(copy, 'node_modules'));
    symlinkSync(root, path.join(copy, 'node_modules', 'trainyard'));
    symlinkSync(path.join(root, 'node_modules', 'zod'), path.join(copy, 'node_modules', 'zod'));
    writeFileSync(path.join(copy, 'package.json'), '{ "name": "recorded", "type": "module", "private": true }\n');
    const out = path.join(copy, 'bundle.js');
    const files = [path.join(copy, 'temporal.config.ts'), path.join(folder, 'facts.json'), out];
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', BUNDLER, ...files]);
    return readFileSync(out, 'utf8');
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
