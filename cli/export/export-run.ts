import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { openReader } from '../../client/reader.js';
import { sayBytes, sayCount } from '../../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import { loadProject } from '../../project/project.js';
import { exportRun } from '../../client/provenance/index.js';
import { findRun } from '../show/find-run.js';
import { print, printJson } from '../terminal.js';

/** `trainyard export`: a run as one file. */
export async function exportTo(config: string | undefined, run: string, to: string, json: boolean): Promise<void> {
  const file = path.resolve(to);
  if (existsSync(file))
    throw new TrainyardError('TY-USAGE', {
      what: 'the file is there already',
      where: { file },
      remedy: 'name another',
    });
  const project = await loadProject(config);
  const reader = await openReader(project);
  try {
    const view = await findRun(reader, run);
    if (view.source !== 'saved')
      throw new TrainyardError('TY-USAGE', {
        what: view.open ? `${run} goes on still` : `${run} was lost before its graph was saved`,
        remedy: `trainyard show ${run}`,
      });
    const exported = await exportRun({ project, store: reader.store, graph: view.graph, file });
    const { size } = statSync(file);
    if (json) return printJson({ run, file, size, ...exported });
    const { records, blobs, files } = exported;
    print(
      `${to}  ${sayBytes(size)}: ${sayCount(records, 'record')}, ${sayCount(blobs, 'blob')}, ${sayCount(files, 'file')} of code`,
    );
    print(`  trainyard verify --from ${to}`);
  } finally {
    await reader.close();
  }
}
