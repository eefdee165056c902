import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { TrainyardError, type ErrorRecord } from '@trainyard/errors';
import type { ProjectBase } from './project.js';
import { replaceWhole } from './write-whole.js';

/** Why a worker could not take up a build, kept where the command finds it. */
function fileOf({ build }: Pick<ProjectBase, 'build'>, buildId: string): string {
  return path.join(build, `refused-${buildId}.json`);
}

export function refuseBuild(project: Pick<ProjectBase, 'build'>, buildId: string, error: ErrorRecord): Promise<void> {
  return replaceWhole(fileOf(project, buildId), JSON.stringify(error));
}

/** A worker tries it (again): what was wrong with it may have gone. */
export function tryBuild(project: Pick<ProjectBase, 'build'>, buildId: string): Promise<void> {
  return rm(fileOf(project, buildId), { force: true });
}

export async function refusalOf(
  project: Pick<ProjectBase, 'build'>,
  buildId: string,
): Promise<TrainyardError | undefined> {
  const text = await readFile(fileOf(project, buildId), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : TrainyardError.fromRecord(JSON.parse(text) as ErrorRecord);
}
