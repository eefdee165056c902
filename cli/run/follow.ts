import type { TrainyardClient } from '../../client/client.js';
import { isAway } from '../../client/unreachable.js';
import { connectTo, storeUrl, type ProjectBase } from '../../client/connect.js';
import { failureOf } from '../../client/run/runs.js';
import { watchRun, type RunMoment } from '../../client/run/run-watch.js';
import { sayDuration } from '../../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import { provideParts } from '../../core/provided-parts.js';
import type { GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import { partsOfProject } from '../../project/brought-parts.js';
import { sayMetric } from '../../client/graph/index.js';
import { explained, Interrupted, RunFailed } from '../exit.js';
import { colours, note, print } from '../terminal.js';
import { sayTraining } from '../training-line.js';
import { earlierDurations } from './previous-run.js';
import { sayHowToTakeUp, type Interruption } from './interruption.js';
import { ProgressView } from './progress-view.js';
import { sayServing } from './serving.js';
import { watchSpace } from './disk-space.js';

/**
 * Follows a run to its end and gives the Workflow's result. Throws what the run failed with as `RunFailed`, and
 * `Interrupted` after Ctrl-C, which leaves the run going.
 */
export async function followToEnd(parts: {
  project: ProjectBase;
  client: TrainyardClient;
  id: string;
  json: boolean;
  interruption: Interruption;
}): Promise<Json> {
  const { project, client, id, json, interruption } = parts;
  const view = new ProgressView(id, {
    quiet: json,
    training: ({ backend = '', pool = '' }) => sayTraining(backend, project.config.pools[pool]),
  });
  const onHand = partsOfProject(project);
  provideParts(() => onHand);
  const opened: TrainyardClient[] = [];
  const reconnect = async (): Promise<TrainyardClient> => {
    const again = await connectTo(project, 2_000);
    opened.push(again);
    return again;
  };
  interruption.following = true;
  const endSpace = watchSpace([storeUrl(project), project.state], (full) => view.tellSpace(full));
  let last: RunMoment | undefined;
  try {
    for await (const moment of watchRun(client, id, { reconnect, signal: interruption.signal })) {
      if (moment.graph && last?.graph === undefined && !json)
        void earlierDurations(client.store, moment.graph.pipeline, id).then(
          (known) => (view.expected = known),
          () => undefined,
        );
      view.show(moment);
      last = moment;
    }
    const result = await outcomeOf(opened.at(-1) ?? client, id, last);
    if (!json && last?.graph) {
      printOutcome(last.graph);
      for (const line of (await sayServing(project, opened.at(-1) ?? client, result)) ?? []) print(line);
    }
    return result;
  } catch (error) {
    view.end();
    if (!interruption.signal.aborted) throw error;
    note(sayHowToTakeUp(id));
    throw new Interrupted();
  } finally {
    endSpace();
    interruption.following = false;
    for (const one of opened) await one.close();
  }
}

/** What the Workflow gave; from the saved graph when Temporal went away at the last moment. */
async function outcomeOf(client: TrainyardClient, id: string, last: RunMoment | undefined): Promise<Json> {
  try {
    return (await client.temporal.withDeadline(Date.now() + 5_000, () =>
      client.temporal.workflow.getHandle(id).result(),
    )) as Json;
  } catch (error) {
    const graph = last?.graph;
    if (isAway(error) && graph?.state === 'done') return { run: id, outcome: 'done', result: graph.result ?? null };
    if (isAway(error) && graph?.error) throw new RunFailed(id, TrainyardError.fromRecord(graph.error));
    throw new RunFailed(id, explained(failureOf(error, id)));
  }
}

function printOutcome(graph: GraphRecord): void {
  const counts = new Map<string, number>();
  for (const { state } of graph.nodes) counts.set(state, (counts.get(state) ?? 0) + 1);
  const took = sayDuration(Math.max(0, (graph.endedAt ?? Date.now()) - graph.startedAt));
  const said = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  print(`\n${colours.green('done')} in ${took}${said ? `: ${said}` : ''}`);
  if (graph.metric) print(sayMetric(graph.metric));
  if (graph.result !== undefined && graph.result !== null) print(JSON.stringify(graph.result, null, 2));
}
