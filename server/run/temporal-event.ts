import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { ANSWER_MS } from '../../client/patience.js';

/** Pages of a history that are looked through at most. */
const MOST_PAGES = 50;

/** An event in the history of a Workflow, by the run id of its execution. */
export interface FoundEvent {
  readonly runId: string;
  readonly event: string | undefined;
}

/**
 * Where a call of a run stands in its Workflow's history: the run id of the execution and the event that scheduled its
 * Activity. The event is undefined when the execution that goes on now does not hold it; all of it is when Temporal
 * knows no such run, or none any more.
 */
export async function eventOfCall(temporal: Client, id: string, call: string): Promise<FoundEvent | undefined> {
  try {
    return await temporal.withDeadline(Date.now() + ANSWER_MS, () => findEvent(temporal, id, call));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function findEvent(temporal: Client, id: string, call: string): Promise<FoundEvent> {
  const { workflowService, options } = temporal;
  const { namespace } = options;
  const { runId } = await temporal.workflow.getHandle(id).describe();
  let nextPageToken: Uint8Array | null | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { history, nextPageToken: next } = await workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId: id, runId },
      ...(nextPageToken ? { nextPageToken } : {}),
    });
    const found = history?.events?.find(({ activityTaskScheduledEventAttributes: scheduled }) => {
      const data = scheduled?.input?.payloads?.[0]?.data;
      return data ? callOf(data) === call : false;
    });
    if (found) return { runId, event: String(found.eventId) };
    if (!next?.length) break;
    nextPageToken = next;
  }
  return { runId, event: undefined };
}

/** The call that a task is for, as the engine gives it to Activities. */
function callOf(data: Uint8Array): unknown {
  try {
    return (JSON.parse(new TextDecoder().decode(data)) as { call?: unknown } | null)?.call;
  } catch {
    return undefined;
  }
}
