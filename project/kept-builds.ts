import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { NodeCode } from './codes.js';
import type { ProjectBase } from './project.js';
import { bundleFile } from './workflow-bundle.js';
import { replaceWhole } from './write-whole.js';

/** How many of the builds that were used last stay, beside those that somebody needs. One takes about 5 MB. */
export const BUILDS_KEPT = 20;

/** A file that is younger may belong to a build that is being made, or to a command that is about to load it, ms. */
const YOUNG_MS = 10 * 60_000;

/** What compiling leaves in the folder, each named by its content. */
const MADE = /-[0-9a-f]{24,}\.(js|ts|mjs|json)$/;
const FILES = /^files-([0-9a-f]{24})\.json$/;

type Folder = Pick<ProjectBase, 'build'>;

/** Writes down which files a build needs, and that it is used now. */
export async function noteBuild(project: Folder, buildId: string, codes: Iterable<NodeCode>): Promise<void> {
  const own = [...codes].flatMap(({ node, hash, module, opens = [] }) => [
    path.basename(module),
    `code-${node}-${hash}.json`,
    ...opens.map((one) => path.basename(one.module)),
  ]);
  const files = [path.basename(bundleFile(project, buildId)), `entry-${buildId}.ts`, ...own];
  await replaceWhole(path.join(project.build, `files-${buildId}.json`), JSON.stringify([...new Set(files)].sort()));
}

/**
 * Removes what no build needs of those that were used last, `needed` ones in any case. Gives the names of the builds
 * that went.
 */
export async function dropOldBuilds(
  { build }: Folder,
  needed: ReadonlySet<string>,
  { keep = BUILDS_KEPT, now = Date.now(), youngMs = YOUNG_MS } = {},
): Promise<string[]> {
  const names = (await readdir(build, { withFileTypes: true })).filter((one) => !one.isDirectory());
  const lost: string[] = [];
  const made = names.map(({ name }) => name).filter((name) => MADE.test(name));
  const ages = new Map<string, number>();
  for (const name of made) {
    const known = await stat(path.join(build, name)).catch(() => undefined);
    if (known) ages.set(name, known.mtimeMs);
  }
  const builds = made.flatMap((name) => FILES.exec(name)?.[1] ?? []);
  const byUse = builds.sort((a, b) => (ages.get(`files-${b}.json`) ?? 0) - (ages.get(`files-${a}.json`) ?? 0));
  const staying = new Set([...byUse.slice(0, keep), ...needed]);
  const stay = new Set<string>();
  for (const buildId of staying) {
    for (const name of [`files-${buildId}.json`, `workflows-${buildId}.js`, `entry-${buildId}.ts`]) stay.add(name);
    const text = await readFile(path.join(build, `files-${buildId}.json`), 'utf8').catch(() => undefined);
    for (const name of text === undefined ? [] : (JSON.parse(text) as string[])) stay.add(name);
    // A needed build of which nobody wrote down what it is made of, by an earlier release: nothing of it may go.
    if (text === undefined && needed.has(buildId)) return [];
  }
  const gone: string[] = [];
  for (const [name, age] of ages) {
    if (stay.has(name) || now - age < youngMs) continue;
    lost.push(...(await placedBy(build, name)));
    await rm(path.join(build, name), { force: true });
    const buildId = /^workflows-([0-9a-f]{24})\.js$/.exec(name)?.[1];
    if (buildId !== undefined) gone.push(buildId);
  }
  if (lost.length === 0) return gone;
  const placed = new Set((await Promise.all((await readdir(build)).map((name) => placedBy(build, name)))).flat());
  for (const folder of new Set(lost)) {
    const known = placed.has(folder) ? undefined : await stat(folder).catch(() => undefined);
    if (known && now - known.mtimeMs >= youngMs) await rm(folder, { recursive: true, force: true });
  }
  return gone;
}

/** The folder of a program, where the file is the record of a node whose runtime has placed one in the folder of builds. */
async function placedBy(build: string, name: string): Promise<string[]> {
  if (!/^code-.*\.json$/.test(name)) return [];
  const text = await readFile(path.join(build, name), 'utf8').catch(() => '{}');
  try {
    const { folder } = (JSON.parse(text) as Partial<NodeCode>).placed ?? {};
    return folder !== undefined && path.dirname(folder) === path.resolve(build) ? [folder] : [];
  } catch {
    // A record that was damaged: nobody can run what it says.
    return [];
  }
}
