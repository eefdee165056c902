import {
  condition,
  continueAsNew,
  defineUpdate,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { PipelineInput } from '../../core/task.js';
import {
  BACKFILL,
  type BackfillActivities,
  type BackfillEnd,
  type BackfillInput,
  type BackfillPage,
  type Stop,
} from './contract.js';

const stopUpdate = defineUpdate<void, [Stop]>(BACKFILL.stop);

type Pipeline = (input: PipelineInput) => Promise<unknown>;
type Partitions = BackfillPage['partitions'];

/**
 * One run for each partition of a parameter, in their order, so many at once. Run ids follow from the plan and cannot be
 * used twice, and what has ended is left out, so whatever stops and starts this, no partition is run twice. A run that fails is on the record and holds
 * up no other. After `stop` nothing is started; what runs may finish.
 */
export async function backfill(input: BackfillInput): Promise<BackfillEnd> {
  let stopped: Stop | undefined;
  let running = 0;
  let next = input.next ?? 0;
  setHandler(stopUpdate, (stop) => void (stopped ??= stop));
  const show = (): void =>
    setCurrentDetails(
      `**${input.pipeline}** ${input.id}: ${next} reached, ${running} running${stopped ? `, stopped by ${stopped.by}: ${stopped.why}` : ''}`,
    );
  const isLong = (): boolean => {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return input.continueAfter === undefined ? continueAsNewSuggested : historyLength >= input.continueAfter;
  };
  let page: Partitions = [];
  for (;;) {
    await condition(() => stopped !== undefined || running < input.parallel);
    if (stopped) break;
    if (isLong()) {
      await condition(() => running === 0);
      if (!stopped) await continueAsNew<typeof backfill>({ ...input, next });
      break;
    }
    if (page.length === 0) {
      const found = await activities()['trainyard.backfillPage'](input.id, next);
      page = found.partitions;
      if (page.length === 0) next = found.next;
      // It may have been told to stop meanwhile.
      if (stopped) break;
    }
    const [partition, ...rest] = page;
    if (!partition) break;
    page = rest;
    next = partition.at + 1;
    running++;
    void runOne(input, partition).then(
      () => (running--, show()),
      () => (running--, show()),
    );
    show();
  }
  await condition(() => running === 0);
  return { outcome: stopped ? 'stopped' : 'done', reached: next };
}

async function runOne({ id, pipeline }: BackfillInput, { run, params, value }: Partitions[number]): Promise<void> {
  try {
    const child = await startChild<Pipeline>(pipeline, {
      workflowId: run,
      args: [{ params, cause: { kind: 'backfill', backfill: id, partition: value } }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${pipeline}: ${JSON.stringify(value)} of backfill ${id}`.slice(0, 190),
    });
    await child.result();
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (error instanceof WorkflowExecutionAlreadyStartedError) await activities()['trainyard.backfillWait'](run);
  }
}

function activities(): BackfillActivities {
  return proxyActivities<BackfillActivities>({
    startToCloseTimeout: '30 days',
    heartbeatTimeout: '30 seconds',
    retry: { initialInterval: '1s', maximumInterval: '1 minute' },
  });
}
