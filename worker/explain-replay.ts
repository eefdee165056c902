import type { WorkflowHandle } from '@temporalio/client';
import { TrainyardError } from '../core/errors/index.js';

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** What is known of a history that a build does not repeat. */
export interface FailedReplay {
  readonly run: string;
  /** What the SDK said. */
  readonly message: string;
  /** The recorded events, where they are at hand. */
  readonly events?: readonly Event[] | null | undefined;
}

/** Whether a message of the SDK says that code and history part ways. */
export function isReplayFailure(message: string): boolean {
  return /TMPRL1100|nondeterminism|DeterminismViolation/i.test(message);
}

/**
 * The SDK's words for code that does not repeat a history, in those of a pipeline's author: what the run had done at
 * that place, and what this code does instead.
 */
export function explainReplay({ run, message, events }: FailedReplay): TrainyardError {
  const id = /HistoryEvent\(id: (\d+)/.exec(message)?.[1] ?? /event[_ ]id:? (\d+)/i.exec(message)?.[1];
  const event = events?.find(({ eventId }) => id !== undefined && String(eventId) === id);
  const then = event ? sayEvent(event) : (sayType(message) ?? 'another step came');
  const start = events?.[0]?.workflowExecutionStartedEventAttributes;
  return new TrainyardError('TY-REPLAY', {
    what: `${start?.workflowType?.name ? `${start.workflowType.name} ` : ''}${run} cannot go on with this code: the run has already gone another way`,
    where: { run },
    expected: `${then}${id === undefined ? '' : ` (event ${id} of its history)`}: so it was when the run came here`,
    actual: sayInstead(message),
    cause: new Error(message),
  });
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
  const types =
    /activity type of scheduled event '([^']*)' does not match activity type of activity command '([^']*)'/i;
  const other = types.exec(message);
  if (other) return `this code starts ${other[2] ?? ''} there, not ${other[1] ?? ''}`;
  const machine = /(\w+?) ?machine does not handle this event/i.exec(message)?.[1]?.toLowerCase();
  if (machine?.startsWith('timer')) return 'this code waits there';
  if (machine?.includes('local')) return 'this code takes a step of the engine there';
  if (machine?.startsWith('activity')) return 'this code starts a node there';
  if (machine?.includes('child')) return 'this code starts a child there';
  if (machine?.includes('complete')) return 'this code ends the run there';
  if (/no command scheduled/i.test(message)) return 'this code does nothing there';
  return 'this code does something else there';
}
