import { ApplicationFailure, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { PipelineInput } from '../../core/task.js';

export { monitor } from '../../workflows/monitor/index.js';
export { modelRegistry as 'model-registry' } from '../../workflows/registry/index.js';

const { deployNext } = proxyActivities<{ deployNext(endpoint: string, run: string): Promise<number> }>({
  startToCloseTimeout: '5 seconds',
});

/** Stands for a pipeline that retrains: it deploys a new version when its parameters say that it is better. */
export async function retrain({ params, cause }: PipelineInput): Promise<unknown> {
  const { better, fails, fresh } = params as { better?: boolean; fails?: boolean; fresh: { kind: string } };
  const { endpoint } = cause as { endpoint: string };
  if (fresh.kind !== 'table') throw ApplicationFailure.nonRetryable('no fresh rows were given');
  if (fails) throw ApplicationFailure.nonRetryable('the disk is full');
  if (!better) return { result: { promoted: false, why: 'f1 0.81 against 0.84 of version 1' } };
  return { result: { version: await deployNext(endpoint, workflowInfo().workflowId) } };
}
