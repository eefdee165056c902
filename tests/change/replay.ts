import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { explainReplay } from '../../client/run/explain-replay.js';
import type { History } from './histories.js';

export interface Named {
  readonly name: string;
  readonly history: History;
}

let quiet = false;

/** Before any worker is made. */
export function quietRuntime(): void {
  if (!quiet) Runtime.install({ logger: new DefaultLogger('ERROR') });
  quiet = true;
}

/** Replays histories in a bundle; gives what a person is told of each that it does not repeat, by name. */
export async function replay(code: string, histories: readonly Named[]): Promise<Map<string, string>> {
  quietRuntime();
  const byRun = new Map(
    histories.map((one) => [
      one.history.events[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId,
      one,
    ]),
  );
  const failed = new Map<string, string>();
  const asked = histories.map(({ name, history }) => ({ workflowId: idOf(history) ?? name, history }));
  for await (const { workflowId, runId, error } of Worker.runReplayHistories({ workflowBundle: { code } }, asked)) {
    if (!error) continue;
    const { name, history } = byRun.get(runId) ?? {};
    const told = explainReplay({ run: workflowId, message: error.message, events: history?.events });
    failed.set(name ?? workflowId, told.message);
  }
  return failed;
}

function idOf({ events }: History): string | undefined {
  return events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? undefined;
}
