import { basename, join } from 'node:path';
import { withDatabase } from '@trainyard/tables';
import { implement } from '../../worker/index.js';
import { parse, snapshot } from './contract.js';
import { readCsv } from './csv/index.js';
import { projectFolder, takeSnapshot } from './read-source.js';
import { readTyped } from './typed/index.js';

/** The one file of a source's snapshot. */
const SOURCE_FILE = 'source';

export const snapshotNode = implement(snapshot, async ({ params: { source }, ctx }) => {
  const path = join(ctx.scratch, SOURCE_FILE);
  const { bytes } = await takeSnapshot(source, projectFolder(), path);
  ctx.log(`${source}: ${bytes} bytes`);
  // No time and no path of this machine: the same bytes must give the same digest.
  return { value: { name: basename(source), source, bytes }, files: { [SOURCE_FILE]: { path } } };
});

export const parseNode = implement(parse, async ({ params, inputs, ctx }) => {
  const { source } = inputs.source.value as { source: string };
  const path = await inputs.source.path(SOURCE_FILE);
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const raw = await readCsv(database, { path, name: source }, params, ctx.scratch);
    return readTyped(database, raw, params, ctx.scratch);
  });
});
