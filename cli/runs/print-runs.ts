import { openReader } from '../../client/reader.js';
import { listRunListings, type ListedState, type RunListing } from '../../client/run/run-list.js';
import { sayDuration } from '../../core/duration.js';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import { sayMetric } from '../../client/graph/index.js';
import { loadConfig } from '../../project/project.js';
import { clock, colours, note, print, printJson, table } from '../terminal.js';

export interface RunsOptions {
  pipeline?: string;
  state?: string;
  limit: string;
  json?: boolean;
}

const STATES: readonly ListedState[] = ['running', 'done', 'failed', 'cancelled', 'terminated', 'lost', 'unknown'];

/** `trainyard runs`: from the store, with what Temporal says where it answers. */
export async function printRuns(config: string | undefined, options: RunsOptions): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw new TrainyardError('TY-USAGE', { what: `"${options.limit}" is no number of runs`, expected: '1 or more' });
  if (options.state !== undefined && !STATES.includes(options.state as ListedState))
    throw new TrainyardError('TY-USAGE', {
      what: `no run is in the state "${options.state}"; ${sayNearest(options.state, STATES)}`,
    });
  const reader = await openReader(await loadConfig(config));
  try {
    const { runs, temporalAnswers } = await listRunListings(reader, {
      limit,
      ...(options.pipeline === undefined ? {} : { pipeline: options.pipeline }),
      ...(options.state === undefined ? {} : { state: options.state }),
    });
    if (options.json) return printJson({ runs, temporalAnswers });
    if (!temporalAnswers) note('Temporal does not answer: these are the records of the store');
    if (runs.length === 0) return print('no runs yet');
    print(
      table(['run', 'pipeline', 'state', 'metric', 'started', 'took', 'nodes'], runs.map(row), { right: ['took'] }),
    );
  } finally {
    await reader.close();
  }
}

const COLOURS: Partial<Record<ListedState, (text: string) => string>> = {
  running: colours.blue,
  done: colours.green,
  failed: colours.red,
  lost: colours.red,
};

function row(run: RunListing): string[] {
  const nodes = Object.entries(run.nodes ?? {}).map(([state, count]) => `${count} ${state}`);
  return [
    run.id,
    run.pipeline,
    (COLOURS[run.state] ?? colours.dim)(run.state),
    run.metric === undefined ? '' : sayMetric(run.metric),
    clock(run.startedAt),
    run.ms === undefined ? '' : sayDuration(run.ms),
    nodes.join(', '),
  ];
}
