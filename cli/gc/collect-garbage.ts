import { connectNow, openReader } from '../../client/reader.js';
import { collectEnvironments } from '../../worker/runtimes/python/index.js';
import { durationMs, sayBytes, sayCount, sayDuration, sizeBytes } from '../../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import { loadConfig } from '../../project/project.js';
import { collect, pinRun, readRun, unpinRun, type Collected } from '../../store/index.js';
import { unknownRun } from '../show/find-run.js';
import { note, print, printJson } from '../terminal.js';
import { isKnownProcess, isOpenRun, referredTo } from './referred-to.js';

export interface GcOptions {
  olderThan: string;
  maxSize?: string;
  dryRun?: boolean;
  keep: string[];
  release: string[];
  json?: boolean;
}

/** `trainyard gc`: removes what no kept run needs, or changes which runs are kept. */
export async function collectGarbage(config: string | undefined, options: GcOptions): Promise<void> {
  const project = await loadConfig(config);
  if (options.keep.length > 0 || options.release.length > 0) return changePins(project, options);
  const { olderThanMs, maxBytes } = limitsOf(options);
  const client = await connectNow(project);
  try {
    const began = performance.now();
    const collected = await collect(client.store, {
      olderThanMs,
      maxBytes,
      dryRun: options.dryRun === true,
      now: Date.now(),
      isOpen: (run) => isOpenRun(client, run),
      isKnown: (process) => isKnownProcess(client, process),
      others: () => referredTo(client),
      onStep: (what) => (options.json ? undefined : note(what)),
    });
    const environments = collectEnvironments({ olderThanMs, dryRun: options.dryRun === true });
    if (options.json) return printJson({ dryRun: options.dryRun === true, ...collected, environments });
    if (environments.length > 0)
      print(
        `python   ${sayCount(environments.length, 'environment')} that nobody has used since ${options.dryRun ? 'would be ' : ''}removed`,
      );
    sayCollected(collected, options.dryRun === true, performance.now() - began);
  } finally {
    await client.close();
  }
}

async function changePins(project: Parameters<typeof openReader>[0], options: GcOptions): Promise<void> {
  const reader = await openReader(project);
  try {
    for (const run of [...options.keep, ...options.release])
      if (!(await readRun(reader.store, run))) throw await unknownRun(reader, run);
    for (const run of options.keep) await pinRun(reader.store, run);
    for (const run of options.release) await unpinRun(reader.store, run);
    if (options.json) return printJson({ kept: options.keep, released: options.release });
    for (const run of options.keep) print(`${run} is kept until trainyard gc --release ${run}`);
    for (const run of options.release) print(`${run} may go when it is old enough`);
  } finally {
    await reader.close();
  }
}

function limitsOf(options: GcOptions): { olderThanMs: number; maxBytes: number | undefined } {
  const olderThanMs = durationMs(options.olderThan);
  if (olderThanMs === undefined)
    throw new TrainyardError('TY-USAGE', {
      what: `"${options.olderThan}" is no length of time`,
      where: { field: '--older-than' },
      expected: 'a length of time such as 30d or 12h',
    });
  const maxBytes = options.maxSize === undefined ? undefined : sizeBytes(options.maxSize);
  if (options.maxSize !== undefined && maxBytes === undefined)
    throw new TrainyardError('TY-USAGE', {
      what: `"${options.maxSize}" is no size`,
      where: { field: '--max-size' },
      expected: 'a size such as 20GB or 500MB',
    });
  return { olderThanMs, maxBytes };
}

function sayCollected({ kept, dropped, blobs, young, records }: Collected, dryRun: boolean, ms: number): void {
  const would = dryRun ? 'would be removed' : 'removed';
  print(`runs     ${kept} kept, ${dropped.length} ${would}`);
  for (const run of dropped.slice(0, 20)) print(`         ${run}`);
  if (dropped.length > 20) print(`         and ${dropped.length - 20} more`);
  print(
    `blobs    ${blobs.kept} kept (${sayBytes(blobs.keptBytes)}), ${blobs.removed} ${would} (${sayBytes(blobs.bytes)})`,
  );
  if (young.blobs > 0)
    print(`         ${young.blobs} more (${sayBytes(young.bytes)}) are younger than a day and stay for now`);
  if (!dryRun) print(`records  ${records} removed, in ${sayDuration(ms)}`);
}
