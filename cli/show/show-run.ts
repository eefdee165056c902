import { sealedSets } from '../../client/run/sealed-sets.js';
import { openReader, type OpenedReader } from '../../client/reader.js';
import { temporalAddress, type ProjectBase } from '../../client/connect.js';
import { TrainyardError } from '@trainyard/errors';
import { readAddresses } from '../../project/addresses.js';
import { loadConfig } from '../../project/project.js';
import { followToEnd } from '../run/follow.js';
import { Interruption } from '../run/interruption.js';
import { note, print, printJson } from '../terminal.js';
import { findRun } from './find-run.js';
import { runText } from './run-text.js';

export interface ShowOptions {
  follow?: boolean;
  json?: boolean;
}

/** `trainyard show`: one run, whole. */
export async function showRun(config: string | undefined, id: string | undefined, options: ShowOptions): Promise<void> {
  const project = await loadConfig(config);
  const reader = await openReader(project);
  try {
    const view = await findRun(reader, id);
    if (options.follow && view.open) return await follow(project, reader, view.graph.run, options.json === true);
    const sealed = await sealedSets(reader.store, view.graph);
    const links = linksOf(project, view.graph.run, reader.temporal !== undefined);
    if (options.json) {
      const { graph, open, source, record } = view;
      return printJson({ run: graph.run, open, source, graph, record, links, sealed });
    }
    if (!reader.temporal) note('Temporal does not answer: this is what the store has');
    print(runText(view, links, Date.now(), sealed));
  } finally {
    await reader.close();
  }
}

async function follow(project: ProjectBase, reader: OpenedReader, id: string, json: boolean): Promise<void> {
  if (!reader.client)
    throw new TrainyardError('TY-TEMPORAL-AWAY', {
      what: `Temporal does not answer at ${temporalAddress(project).address}`,
    });
  const interruption = new Interruption();
  try {
    const result = await followToEnd({ project, client: reader.client, id, json, interruption });
    if (json) printJson(result);
  } finally {
    interruption.end();
  }
}

/** Where else to look at a run, while `trainyard dev` is there. */
export function linksOf(project: ProjectBase, run: string, up: boolean): { page?: string; temporal?: string } {
  const addresses = up ? readAddresses(project.state) : undefined;
  const name = encodeURIComponent(run);
  const { namespace } = project.config.temporal;
  return {
    ...(addresses?.server ? { page: `${addresses.server}/runs/${name}` } : {}),
    ...(addresses?.ui ? { temporal: `${addresses.ui}/namespaces/${namespace}/workflows/${name}` } : {}),
  };
}
