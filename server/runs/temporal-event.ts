import type { Client } from '@temporalio/client';

/** Pages of a history that are looked through at most. */
const MOST_PAGES = 50;

/**
 * Where a call of a run stands in its Workflow's history: the run id of the execution and the event that scheduled its
 * Activity. The event is undefined when the execution that goes on now does not hold it.
 */
export async function eventOfCall(
  { workflowService, options }: Client,
  id: string,
  call: string,
): Promise<{ readonly runId: string; readonly event: string | undefined }> {
  const { namespace } = options;
  const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution({
    namespace,
    execution: { workflowId: id },
  });
  const runId = workflowExecutionInfo?.execution?.runId ?? '';
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
