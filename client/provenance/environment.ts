import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import path from 'node:path';
import { gitCommit } from '../../project/commit.js';
import type { ProjectBase } from '../../project/project.js';

/** What surrounded a run when it started, as its Workflow worker saw it. */
export interface Environment {
  readonly format: 1;
  /** Commit of the project, and whether tracked files were as it has them; null outside a repository. */
  readonly commit: string | null;
  readonly clean: boolean | null;
  /** The lock file that fixes the versions of packages, and its SHA-256; null without one. */
  readonly lockFile: { readonly name: string; readonly sha256: string } | null;
  readonly libraries: { readonly [name: string]: string };
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memory: number;
    readonly os: string;
    readonly platform: string;
  };
}

const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

export async function describeEnvironment(
  project: Pick<ProjectBase, 'root'>,
  libraries: { readonly [name: string]: string },
): Promise<Environment> {
  const commit = await gitCommit(project.root);
  return {
    format: 1,
    commit: commit?.replace(/-dirty$/, '') ?? null,
    clean: commit === undefined ? null : !commit.endsWith('-dirty'),
    lockFile: await lockFile(project.root),
    libraries,
    machine: {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memory: totalmem(),
      os: `${type()} ${release()}`,
      platform: `${process.platform}-${process.arch}`,
    },
  };
}

/** The lock file of the project's folder, or of the workspace that it is part of. */
async function lockFile(root: string): Promise<Environment['lockFile']> {
  for (let folder = root; ; folder = path.dirname(folder)) {
    const name = LOCK_FILES.find((file) => existsSync(path.join(folder, file)));
    if (name !== undefined) {
      const sha256 = createHash('sha256')
        .update(await readFile(path.join(folder, name)))
        .digest('hex');
      return { name, sha256 };
    }
    if (folder === path.dirname(folder) || existsSync(path.join(folder, '.git'))) return null;
  }
}
