import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Worker, type CompiledWorkerOptions } from '@temporalio/worker';

/**
 * Runs before a bundle, on its first line, so that no line of the source map moves. For every promise that a Workflow
 * makes, the SDK compiles two functions by way of `promise.constructor.constructor` and takes a stack, for a list of what
 * waits that Temporal's UI may ask for: most of what a short node costs. Here both functions are given as they are, and an
 * error without a stack, of which the SDK keeps nothing. Rejections that nobody handles still find their Workflow, and
 * errors that are thrown have their whole stack.
 */
const LEAN_PROMISES = `(() => {
  const compile = Promise.constructor;
  class NoStack {}
  const known = new Map([
    ['return globalThis.__TEMPORAL_ACTIVATOR__', () => globalThis.__TEMPORAL_ACTIVATOR__],
    ['return globalThis.Error', () => NoStack],
  ]);
  const value = (...source) => known.get(source[0]) ?? compile(...source);
  Object.defineProperty(Promise, 'constructor', { value });
})();`.replaceAll('\n', ' ');

/** Before the map of a bundle's lines, which is at its end. */
const MAP = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/**
 * A worker without the SDK's own limit on one step of a Workflow. That limit ends the whole process where it is met
 * (`watchWorkflows` keeps one that does not), and Node starts a thread with an event loop of its own for each call into
 * the sandbox to keep it: two for each node of a run. The SDK takes no other limit than a time, so it is left out where
 * the sandbox is made.
 *
 * Nor does it run each bundle a first time outside of the sandbox, and keep its text with the map of its lines in it: both are for
 * debuggers, which have them in the SDK's debug mode (`TEMPORAL_DEBUG`).
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

  protected static override async getOrCreateBundle(
    options: CompiledWorkerOptions,
    logger: Parameters<typeof Worker.getOrCreateBundle>[1],
  ): ReturnType<typeof Worker.getOrCreateBundle> {
    const given = options.workflowBundle;
    const text = given && ('codePath' in given ? await readFile(given.codePath, 'utf8') : given.code);
    const at = text?.lastIndexOf(MAP) ?? -1;
    if (text === undefined || at < 0 || options.debugMode) {
      const whole = await super.getOrCreateBundle(options, logger);
      return whole && { ...whole, code: LEAN_PROMISES + whole.code };
    }
    const map = Buffer.from(text.slice(at + MAP.length), 'base64').toString('utf8');
    const sourceMap = JSON.parse(map) as NonNullable<Awaited<ReturnType<typeof Worker.getOrCreateBundle>>>['sourceMap'];
    const filename = path.resolve(given && 'codePath' in given ? given.codePath : sourceMap.file);
    return { code: LEAN_PROMISES + text.slice(0, at), sourceMap: { ...sourceMap, file: filename }, filename };
  }
}
