import {
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  makeContinueAsNewFunc,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Digest } from '../../core/digest.js';
import { changeRunId } from '../../core/ids.js';
import type { PipelineInput } from '../../core/task.js';
import {
  TRIGGER,
  type Change,
  type TriggerActivities,
  type TriggerConfig,
  type TriggerInput,
  type TriggerState,
} from './contract.js';

const configureSignal = defineSignal<[TriggerConfig]>(TRIGGER.configure);
const stateQuery = defineQuery<TriggerState>(TRIGGER.state);

type Pipeline = (input: PipelineInput) => Promise<unknown>;

/**
 * Looks at a source for as long as a pipeline has a trigger, and starts the pipeline once for each change of it. A change
 * is known by source and number, not by contents alone, so that contents which come back are a change as well. The
 * number stands in this Workflow, and after each start in the store, so that it outlives both. The id of a run follows
 * from its change and cannot be used twice, whatever is killed and started again in between.
 */
export async function trigger(input: TriggerInput): Promise<void> {
  let state: TriggerState = input.state ?? { config: input.config };
  let woken = false;
  const set = (next: TriggerState): void => {
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    upsertMemo({ [TRIGGER.memo]: memoOf(state) });
    setCurrentDetails(detailsOf(state));
  };
  setHandler(stateQuery, () => state);
  setHandler(configureSignal, (config) => {
    const { seen, ...rest } = state;
    // Each source has numbers of its own.
    set(seen && config.source === state.config.source ? { ...state, config } : { ...rest, config });
    woken = true;
  });
  upsertMemo({ [TRIGGER.memo]: memoOf(state) });
  for (;;) {
    woken = false;
    try {
      await look(() => state, set);
    } catch (error) {
      if (isCancellation(error)) throw error;
      set({ ...state, problem: firstLine(error) });
    }
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    const isLong = input.continueAfter === undefined ? continueAsNewSuggested : historyLength >= input.continueAfter;
    if (isLong && !woken) {
      const again = makeContinueAsNewFunc<typeof trigger>({ memo: { [TRIGGER.memo]: memoOf(state) } });
      await again({ ...input, config: state.config, state });
    }
    if (!woken) await condition(() => woken, state.config.everyMs);
  }
}

async function look(now: () => TriggerState, set: (next: TriggerState) => void): Promise<void> {
  const { config } = now();
  const { source, of } = config;
  // A source that was named anew while this one was looked at is looked at next.
  const isOurs = (): boolean => now().config.source === source;
  const seen: Change = now().seen ??
    (await activities()['trainyard.changeSeen'](source)) ?? { sequence: 0, digest: null, stamp: '' };
  const { digest, stamp } = await activities()['trainyard.sourceState']({
    source,
    ...(of === undefined ? {} : { of }),
    ...(seen.digest === null ? {} : { former: { digest: seen.digest, stamp: seen.stamp } }),
  });
  if (!isOurs()) return;
  const { problem: _, ...healthy } = now();
  set({ ...healthy, seen: digest !== null && digest === seen.digest ? { ...seen, stamp } : seen });
  if (digest === null || digest === seen.digest) return;
  const change = { sequence: seen.sequence + 1, digest, stamp };
  const noted: Change = { ...change, run: await start(config, change) };
  if (isOurs()) set({ ...now(), seen: noted });
  await activities()['trainyard.noteChange'](source, noted);
}

function activities(): TriggerActivities {
  return proxyActivities<TriggerActivities>({
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '30 seconds',
    retry: { initialInterval: '1s', maximumInterval: '1 minute', maximumAttempts: 5 },
  });
}

async function start(
  { pipeline, source, params }: TriggerConfig,
  { sequence, digest }: Change & { readonly digest: Digest },
): Promise<string> {
  // Of this trigger, too: other projects beside it may have a pipeline of this name.
  const workflowId = changeRunId(workflowInfo().workflowId, pipeline, { source, sequence, digest });
  try {
    await startChild<Pipeline>(pipeline, {
      workflowId,
      args: [{ params, cause: { kind: 'data', source, sequence, digest } }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${pipeline}: ${source} has changed (${sequence})`,
    });
  } catch (error) {
    // An earlier trigger started it for the same change, and was ended before it could note that.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return workflowId;
}

function memoOf({ config, seen, problem }: TriggerState): object {
  const { pipeline, source, everyMs } = config;
  const { sequence: changes = 0, run } = seen ?? {};
  return { pipeline, source, everyMs, changes, ...(run ? { run } : {}), ...(problem ? { problem } : {}) };
}

function detailsOf({ config, seen, problem }: TriggerState): string {
  return [
    `**${config.pipeline}** runs when \`${config.source}\` has changed: ${seen?.sequence ?? 0} changes`,
    ...(seen?.run === undefined ? [] : [`last: ${seen.run}`]),
    ...(problem === undefined ? [] : [`problem: ${problem}`]),
  ].join('\n\n');
}

function firstLine(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return ((cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '').slice(0, 300);
}
