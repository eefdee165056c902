import { executeChild, ParentClosePolicy, ChildWorkflowCancellationType } from '@temporalio/workflow';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import { childId } from '../../core/ids.js';
import type { Json } from '../../core/json.js';
import type { ChildCall, RunFacts } from '../../core/runtime.js';
import { checkTravels } from '../../core/travel.js';
import { knownProcesses, processNamed } from './bundle-data.js';
import { recordOf } from './child-record.js';
import type { Ends } from './call-failures.js';
import type { GraphKeeper } from './graph-keeper.js';
import { growthOf } from './growth.js';
import type { Makers } from './artifact-origins.js';
import type { EngineOptions } from './options.js';
import type { Part } from './partial-run.js';

interface Parts extends Pick<EngineOptions, 'grow'> {
  readonly run: RunFacts;
  readonly graph: GraphKeeper;
  readonly makers: Makers;
  readonly ends: Ends;
  readonly part: Part | undefined;
}

/** Durable processes that a pipeline waits for: studies, label reviews. Each is a Workflow of its own. */
export class Children {
  readonly #parts: Parts;
  readonly #names = new Set<string>();
  /** How many are under way: a review may be for weeks. */
  open = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Runs one, named in its scope, and gives its result. */
  async run(call: ChildCall, scope: string): Promise<Json> {
    const { run, graph, makers, ends, part, grow } = this.#parts;
    const name = scope === '' ? call.name : `${scope}/${call.name}`;
    const workflowId = childId(run.id, name);
    if (this.#names.has(workflowId)) {
      throw new TrainyardError('TY-PARAM', {
        what: `two children of this run are called "${name}"`,
        where: { run: run.id },
        remedy: 'give each a name of its own',
      });
    }
    if (!processNamed(call.workflow))
      throw new TrainyardError('TY-CONFIG', {
        what: `there is no durable process "${call.workflow}"; ${sayNearest(call.workflow, knownProcesses())}`,
        where: { run: run.id, field: 'plugins' },
        remedy: 'name the plugin that brings it in temporal.config.ts',
      });
    checkTravels(`what ${call.workflow} "${name}" is given`, call.args, { run: run.id, node: call.workflow });
    this.#names.add(workflowId);
    const node = graph.add({
      node: call.workflow,
      kind: 'child',
      scope,
      inputs: makers.edgesOf(call.args),
      summary: call.name,
      workflowId,
    });
    const kept = part?.child(node, call.name);
    if (kept) return kept;
    graph.update(node, { state: 'running', startedAt: Date.now() });
    this.open++;
    try {
      const result = await executeChild(call.workflow, {
        workflowId,
        args: [{ args: call.args, run, name: call.name, scope: name, ...growthOf(grow, call, name) }],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        staticSummary: `${call.workflow} ${name} of ${run.id}`,
      });
      makers.noteWithin(result, node.call);
      graph.update(node, { state: 'done', endedAt: Date.now(), ...recordOf(call.workflow, result as Json) });
      return result as Json;
    } catch (error) {
      return await ends.fail(node, error);
    } finally {
      this.open--;
      this.#names.delete(workflowId);
    }
  }
}
