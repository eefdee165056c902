import { workflowInfo } from '@temporalio/workflow';
import type { Json } from '../../core/json.js';
import { parsePipelineParams, type AnyPipeline } from '../../core/pipeline.js';
import type { RunFacts } from '../../core/runtime.js';
import type { PartialRun, PipelineInput } from '../../core/task.js';
import { workflowFailure } from './failure.js';
import { hostRun } from './run-host.js';
import { readValue } from './read-value.js';

/** The Workflow that a pipeline runs as; its type is the pipeline's name. */
export function pipelineWorkflow(pipeline: AnyPipeline): (input: PipelineInput) => Promise<Json> {
  return async (input) => {
    const id = workflowInfo().workflowId;
    const facts: RunFacts = {
      id,
      lineage: input.lineage ?? id,
      pipeline: pipeline.name,
      seed: input.seed ?? pipeline.spec.seed ?? 0,
      cause: input.cause ?? { kind: 'person' },
      ...(input.fresh ? { fresh: true } : {}),
    };
    let params: unknown;
    try {
      params = parsePipelineParams(pipeline, input.params);
    } catch (error) {
      throw workflowFailure(error);
    }
    return hostRun({
      facts,
      params: input.params,
      using: input.using,
      engine: {
        onFailure: input.onFailure ?? pipeline.spec.onFailure,
        part: await readPart(input.part),
        grow: input.grow,
      },
      carried: input.carried,
      again: (carried) => [{ ...input, lineage: facts.lineage, carried } satisfies PipelineInput],
      body: async () => pipeline.run(params as never, facts),
    });
  };
}

/** What a partial run keeps and leaves out, read from its pages. */
async function readPart(part: PipelineInput['part']): Promise<PartialRun | undefined> {
  if (part === undefined || 'keep' in part) return part;
  const pages = (await Promise.all(part.pages.map(readValue))) as unknown as PartialRun[];
  return {
    keep: Object.assign({}, ...pages.map(({ keep }) => keep)) as PartialRun['keep'],
    keys: Object.assign({}, ...pages.map(({ keys }) => keys)) as NonNullable<PartialRun['keys']>,
    children: Object.assign({}, ...pages.map(({ children }) => children)) as NonNullable<PartialRun['children']>,
    instead: Object.assign({}, ...pages.map(({ instead }) => instead)) as NonNullable<PartialRun['instead']>,
    never: pages.flatMap(({ never }) => never),
  };
}
