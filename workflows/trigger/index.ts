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
import type { PipelineInput } from '../../core/task.js';
import {
  TRIGGER,
  type TriggerActivities,
  type TriggerConfig,
  type TriggerInput,
  type TriggerState,
} from './contract.js';

const configureSignal = defineSignal<[TriggerConfig]>(TRIGGER.configure);
const stateQuery = defineQuery<TriggerState>(TRIGGER.state);

type Pipeline = (input: PipelineInput) => Promise<unknown>;

/**
 * Looks at a source for as long as a pipeline has a trigger, and starts the pipeline when what the source holds is new.
 * The name of a run contains the digest of what started it and cannot be used twice: one run for each state of the
 * source, whatever is killed and started again.
 */
export async function trigger(input: TriggerInput): Promise<void> {
  let state: TriggerState = input.state ?? { config: input.config, started: 0 };
  let woken = false;
  const set = (next: TriggerState): void => {
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    upsertMemo({ [TRIGGER.memo]: memoOf(state) });
    setCurrentDetails(detailsOf(state));
  };
  setHandler(stateQuery, () => state);
  setHandler(configureSignal, (config) => {
    // Another source is news, whatever the former one held.
    const { seen: _, ...rest } = state;
    set(config.source === state.config.source ? { ...state, config } : { ...rest, config });
    woken = true;
  });
  upsertMemo({ [TRIGGER.memo]: memoOf(state) });
  for (;;) {
    woken = false;
    try {
      const { config, seen } = state;
      const found = await activities()['trainyard.sourceState']({
        source: config.source,
        ...(seen === undefined ? {} : { former: seen }),
      });
      const { problem: _, ...healthy } = state;
      set(healthy);
      // A source that was named anew while this one was read is looked at next.
      if (found.digest !== null && state.config.source === config.source) {
        const news = { digest: found.digest, stamp: found.stamp };
        if (found.digest === seen?.digest) set({ ...state, seen: news });
        else set({ ...state, seen: news, run: await start(state.config, found.digest), started: state.started + 1 });
      }
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

function activities(): TriggerActivities {
  return proxyActivities<TriggerActivities>({
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '30 seconds',
    retry: { initialInterval: '1s', maximumInterval: '1 minute', maximumAttempts: 5 },
  });
}

async function start({ pipeline, source, params }: TriggerConfig, digest: Digest): Promise<string> {
  const workflowId = `${pipeline}-data-${digest.slice('sha256-'.length, 'sha256-'.length + 16)}`;
  try {
    await startChild<Pipeline>(pipeline, {
      workflowId,
      args: [{ params, cause: { kind: 'data', source, digest } }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${pipeline}: ${source} has changed`,
    });
  } catch (error) {
    // An earlier trigger started it for the same content.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return workflowId;
}

function memoOf({ config, run, started, problem }: TriggerState): object {
  const { pipeline, source, everyMs } = config;
  return { pipeline, source, everyMs, started, ...(run ? { run } : {}), ...(problem ? { problem } : {}) };
}

function detailsOf({ config, run, started, problem }: TriggerState): string {
  return [
    `**${config.pipeline}** runs when \`${config.source}\` has changed: ${started} started`,
    ...(run === undefined ? [] : [`last: ${run}`]),
    ...(problem === undefined ? [] : [`problem: ${problem}`]),
  ].join('\n\n');
}

function firstLine(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return ((cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '').slice(0, 300);
}
