import { Worker } from '@temporalio/worker';
import { explainReplay } from '../../client/explain-replay.js';
import type { History } from './histories.js';

/** Replays histories in a bundle; gives what a person is told of each that it does not repeat, by name. */
export async function replay(
  code: string,
  histories: readonly { readonly name: string; readonly history: History }[],
): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  const worker = { workflowBundle: { code } };
  for (const { name, history } of histories) {
    const id = idOf(history) ?? name;
    try {
      await Worker.runReplayHistory(worker, history, id);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failed.set(name, explainReplay({ run: id, message, events: history.events }).message);
    }
  }
  return failed;
}

function idOf({ events }: History): string | undefined {
  return events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? undefined;
}
