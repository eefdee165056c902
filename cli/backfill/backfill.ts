import path from 'node:path';
import {
  dates,
  listBackfills,
  showBackfill,
  startBackfill,
  stopBackfill,
  type PartitionState,
} from '../../client/backfill/backfill.js';
import { connectNow, openReader } from '../../client/reader.js';
import { expandPattern } from '../../activities/sources/index.js';
import { sayDuration } from '../../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import { loadConfig, loadProject, type Project } from '../../project/project.js';
import { onDisk, runOnDisk } from '../run/on-disk.js';
import { readParams } from '../run/params.js';
import { pipelineOf } from '../run/pipeline-of.js';
import { clock, colours, print, printJson, table } from '../terminal.js';
import { userName } from '../user-name.js';

export interface BackfillOptions {
  param?: string;
  from?: string;
  to?: string;
  step: string;
  values?: string;
  folders?: string;
  with: string[];
  params?: string;
  parallel: string;
  id?: string;
  json?: boolean;
}

export interface BackfillVerbOptions {
  by?: string;
  why?: string;
  json?: boolean;
}

/** `trainyard backfill PIPELINE`. */
export async function startIt(
  config: string | undefined,
  name: string | undefined,
  options: BackfillOptions,
): Promise<void> {
  const project = await loadProject(config);
  const { pipeline, name: known } = pipelineOf(project, name);
  const { param } = options;
  if (param === undefined)
    throw new TrainyardError('TY-USAGE', {
      what: 'which parameter differs from run to run?',
      expected: '--param <name>',
    });
  const parallel = Number(options.parallel);
  if (!Number.isInteger(parallel) || parallel < 1)
    throw new TrainyardError('TY-USAGE', { what: `"${options.parallel}" is no number of runs`, expected: '1 or more' });
  const values: Json[] = [];
  let params: { readonly [name: string]: Json } = {};
  // Each value is checked before anything starts, and read as the pipeline's schema says.
  for (const text of await textsOf(project, options)) {
    const given = await readParams(pipeline, {
      param: [...options.with, `${param}=${text}`],
      ...(options.params === undefined ? {} : { params: options.params }),
    });
    const { [param]: value, ...others } = given as { readonly [name: string]: Json };
    values.push(value as Json);
    params = others;
  }
  const build = onDisk(project);
  const client = await connectNow(project);
  try {
    await runOnDisk(client, project, build);
    const plan = await startBackfill(client, { pipeline: known, param, values, params, id: options.id }, { parallel });
    if (options.json) printJson({ backfill: plan.id, runs: plan.partitions.map(({ run }) => run) });
    else
      print(
        `backfill ${plan.id}: ${plan.partitions.length} runs of ${known}, ${parallel} at once\n  trainyard backfill show ${plan.id}`,
      );
  } finally {
    await client.close();
  }
}

async function textsOf(project: Project, { from, to, step, values, folders }: BackfillOptions): Promise<string[]> {
  const ways = [from ?? to, values, folders].filter((way) => way !== undefined);
  if (ways.length !== 1 || (values === undefined && folders === undefined && (from === undefined || to === undefined)))
    throw new TrainyardError('TY-USAGE', {
      what: 'for which values?',
      expected: 'one of: --from and --to, --values, --folders',
    });
  if (values !== undefined)
    return values
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  if (folders !== undefined) {
    const found = await expandPattern(folders, project.root);
    if (found.length > 0) return found.map((one) => path.relative(project.root, one).split(path.sep).join('/'));
    throw new TrainyardError('TY-USAGE', {
      what: `nothing matches ${folders}`,
      where: { file: project.root, field: '--folders' },
    });
  }
  if (step !== 'day' && step !== 'month')
    throw new TrainyardError('TY-USAGE', { what: `"${step}" is no step`, expected: 'day or month' });
  return dates(from ?? '', to ?? '', step);
}

const COLOURS: Partial<Record<PartitionState, (text: string) => string>> = {
  running: colours.blue,
  done: colours.green,
  failed: colours.red,
  lost: colours.red,
};

/** `trainyard backfill show`: from the store, with what Temporal says where it answers. */
export async function showIt(config: string | undefined, id: string, options: BackfillVerbOptions): Promise<void> {
  const reader = await openReader(await loadConfig(config));
  try {
    const { plan, open, partitions } = await showBackfill(reader, id);
    if (options.json) return printJson({ backfill: plan.id, pipeline: plan.pipeline, open: open ?? null, partitions });
    const counts = new Map<PartitionState, number>();
    for (const { state } of partitions) counts.set(state, (counts.get(state) ?? 0) + 1);
    const said = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
    print(
      `${colours.bold(plan.id)}  ${plan.pipeline}, ${plan.param}: ${said}${open ? '' : open === false ? '; it does not go on' : ''}`,
    );
    const rows = partitions.map(({ value, run, resumedBy, state, startedAt, endedAt }) => [
      typeof value === 'string' ? value : JSON.stringify(value),
      (COLOURS[state] ?? colours.dim)(state),
      startedAt === undefined ? '' : clock(startedAt),
      startedAt === undefined || endedAt === undefined
        ? ''
        : sayDuration(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt))),
      state === 'waiting' ? '' : (resumedBy ?? run),
    ]);
    print(table([plan.param, 'state', 'started', 'took', 'run'], rows, { right: ['took'] }));
  } finally {
    await reader.close();
  }
}

/** `trainyard backfill list`. */
export async function listThem(config: string | undefined, options: BackfillVerbOptions): Promise<void> {
  const reader = await openReader(await loadConfig(config));
  try {
    const all = await listBackfills(reader);
    if (options.json)
      return printJson({
        backfills: all.map(({ plan: { partitions, ...plan }, open }) => ({
          ...plan,
          runs: partitions.length,
          open: open ?? null,
        })),
      });
    if (all.length === 0) return print('no backfills yet');
    const rows = all.map(({ plan, open }) => [
      plan.id,
      plan.pipeline,
      plan.param,
      String(plan.partitions.length),
      clock(plan.createdAt),
      open ? 'goes on' : '',
    ]);
    print(table(['backfill', 'pipeline', 'parameter', 'runs', 'made', ''], rows, { right: ['runs'] }));
  } finally {
    await reader.close();
  }
}

/** `trainyard backfill stop`. */
export async function stopIt(config: string | undefined, id: string, options: BackfillVerbOptions): Promise<void> {
  const client = await connectNow(await loadConfig(config));
  try {
    const by = options.by ?? userName();
    await stopBackfill(client, id, { by, why: options.why ?? '' });
    if (options.json) printJson({ backfill: id, stopped: true, by });
    else print(`backfill ${id} starts nothing any more; the same command again goes on`);
  } finally {
    await client.close();
  }
}
