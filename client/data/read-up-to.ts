import { digestText } from '../../core/digest.js';
import type { Json } from '../../core/json.js';
import { saySource, type Source } from '../../core/source.js';
import { lastReach } from '../../store/index.js';
import type { TrainyardClient } from '../client.js';

/** How far the last finished run of a pipeline has read a source that it read on. */
export interface ReadUpTo {
  readonly project: string;
  readonly pipeline: string;
  /** Digest of the source as the pipeline names it: another query is another source. */
  readonly source: string;
  /** How many finished runs have read it on. */
  readonly place: number;
  /** Where to read on from; null where no run has read it. */
  readonly watermark: Json;
  /** The run that came so far. */
  readonly run: string | null;
}

/** Where a pipeline reads a source on from: what the last of its runs that are done has left. */
export async function readUpTo(
  { store, taskQueue }: Pick<TrainyardClient, 'store' | 'taskQueue'>,
  pipeline: string,
  source: Source,
): Promise<ReadUpTo> {
  const name = { project: taskQueue, pipeline, source: digestText(saySource(source)) };
  const last = await lastReach(store, name);
  return { ...name, place: last?.place ?? 0, watermark: last?.watermark ?? null, run: last?.run ?? null };
}
