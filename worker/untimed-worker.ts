import { Worker, type CompiledWorkerOptions } from '@temporalio/worker';

/**
 * A worker without the SDK's own limit on one step of a Workflow. That limit ends the whole process where it is met
 * (`watchWorkflows` keeps one that does not), and Node starts a thread with an event loop of its own for each call into
 * the sandbox to keep it: two for each node of a run. The SDK takes no other limit than a time, so it is left out where
 * the sandbox is made.
 */
export class UntimedWorker extends Worker {
  protected static override createWorkflowCreator(
    bundle: Parameters<typeof Worker.createWorkflowCreator>[0],
    options: CompiledWorkerOptions,
    logger: Parameters<typeof Worker.createWorkflowCreator>[2],
  ): ReturnType<typeof Worker.createWorkflowCreator> {
    const untimed = { ...options, isolateExecutionTimeoutMs: undefined };
    return super.createWorkflowCreator(bundle, untimed as unknown as CompiledWorkerOptions, logger);
  }
}
