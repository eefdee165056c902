import type { Client, WorkflowHandle } from '@temporalio/client';
import { TrainyardError } from '@trainyard/errors';
import { LOOK_MS } from '../patience.js';

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** What is known of a history that a build does not repeat. */
export interface FailedReplay {
  readonly run: string;
  /** What the SDK said. */
  readonly message: string;
  /** The recorded events, where they are at hand. */
  readonly events?: readonly Event[] | null | undefined;
}

/** Why an open run does not go on, when the code of its workers does not repeat its history; undefined otherwise. */
export async function replayTrouble(temporal: Client, run: string): Promise<TrainyardError | undefined> {
  const { events } = await temporal.withDeadline(Date.now() + LOOK_MS, () =>
    temporal.workflow.getHandle(run).fetchHistory(),
  );
  // The server writes down the first failure in a row.
  const failed = events?.map((event) => event.workflowTaskFailedEventAttributes).findLast((one) => one);
  const message = failed?.failure?.message ?? '';
  return /TMPRL1100|nondeterminism|DeterminismViolation/i.test(message)
    ? explainReplay({ run, message, events })
    : undefined;
}

/** The SDK's words for an Activity of another name than the history has. */
const OTHER_NODE =
  /activity type of (?:scheduled event|recorded marker) '([^']*)' does not match activity type of (?:local )?activity command '([^']*)'/i;

/**
 * The SDK's words for code that does not repeat a history, in those of a pipeline's author: what the run had done at
 * that place, and what this code does instead.
 */
export function explainReplay({ run, message, events }: FailedReplay): TrainyardError {
  const missed = missedStep(message, events ?? []);
  const id =
    missed?.eventId?.toString() ??
    /HistoryEvent\(id: (\d+)/.exec(message)?.[1] ??
    /event[_ ]id:? (\d+)/i.exec(message)?.[1];
  const event = missed ?? events?.find(({ eventId }) => id !== undefined && String(eventId) === id);
  const [, node] = OTHER_NODE.exec(message) ?? [];
  const then = event
    ? sayEvent(event)
    : node
      ? `the node ${node} is started`
      : (sayType(message) ?? 'another step comes');
  const start = events?.[0]?.workflowExecutionStartedEventAttributes;
  return new TrainyardError('TY-REPLAY', {
    what: `${start?.workflowType?.name ? `${start.workflowType.name} ` : ''}${run} cannot go on with this code: the run has already gone another way`,
    where: { run },
    expected: `${then}${id === undefined ? '' : ` (event ${id} of its history)`}: so it was when the run came here`,
    actual: sayInstead(message),
    cause: new Error(message),
  });
}

/** Name of the markers that Local Activities leave; a patch of the code leaves one of another. */
const LOCAL_ACTIVITY = 'core_local_activity';

/** The step of a history that code has not come to, where the SDK names it by kind and number. */
function missedStep(message: string, events: readonly Event[]): Event | undefined {
  const [, kind, number] = /Missing associated machine for (\w+)\((\d+)\)/.exec(message) ?? [];
  const isKind = (event: Event): boolean =>
    (kind === 'LocalActivity' && event.markerRecordedEventAttributes?.markerName === LOCAL_ACTIVITY) ||
    (kind === 'Activity' && Boolean(event.activityTaskScheduledEventAttributes)) ||
    (kind === 'Timer' && Boolean(event.timerStartedEventAttributes));
  return events.filter(isKind)[Number(number) - 1];
}

function sayEvent(event: Event): string {
  const scheduled = event.activityTaskScheduledEventAttributes;
  if (scheduled) return `the node ${scheduled.activityType?.name ?? ''} is started`;
  if (event.markerRecordedEventAttributes) return `${sayMarker(event)} is recorded`;
  if (event.timerStartedEventAttributes) return 'a wait begins';
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  if (child) return `the ${child.workflowType?.name ?? 'child'} ${child.workflowId ?? ''} is started`;
  if (event.upsertWorkflowSearchAttributesEventAttributes) return 'what lists of runs say of it is changed';
  if (event.workflowPropertiesModifiedEventAttributes) return 'its memo is changed';
  if (event.workflowExecutionCompletedEventAttributes) return 'the run is done';
  if (event.workflowExecutionFailedEventAttributes) return 'the run fails';
  if (event.workflowExecutionContinuedAsNewEventAttributes) return 'the run continues as new';
  return 'another step comes';
}

/** A look-up, a record: the engine's own short Activities leave markers. */
function sayMarker(event: Event): string {
  const details = Object.values(event.markerRecordedEventAttributes?.details ?? {});
  const text = details
    .flatMap((one) => one.payloads ?? [])
    .map(({ data }) => Buffer.from(data ?? []).toString('utf8'))
    .join(' ');
  const name = /"activity_type":"([^"]+)"/.exec(text)?.[1] ?? /trainyard\.\w+/.exec(text)?.[0];
  return name === undefined ? 'a step of the engine' : `the engine's step ${name}`;
}

/** The kind of event in the SDK's message, for want of the history. */
function sayType(message: string): string | undefined {
  const type = /HistoryEvent\(id: \d+, (?:EVENT_TYPE_)?(\w+)\)/.exec(message)?.[1];
  return type === undefined ? undefined : `${type} comes`;
}

function sayInstead(message: string): string {
  const other = OTHER_NODE.exec(message);
  if (other) return `this code starts ${other[2] ?? ''} there, not ${other[1] ?? ''}`;
  const machine = /(\w+?) ?machine does not handle this event/i.exec(message)?.[1]?.toLowerCase();
  if (machine?.startsWith('timer')) return 'this code waits there';
  if (machine?.includes('local')) return 'this code takes a step of the engine there';
  if (machine?.startsWith('activity')) return 'this code starts a node there';
  if (machine?.includes('child')) return 'this code starts a child there';
  if (machine?.includes('complete')) return 'this code ends the run there';
  if (/no command scheduled/i.test(message)) return 'this code does nothing there';
  if (/missing associated machine/i.test(message)) return 'this code takes another step there';
  return 'this code does something else there';
}
