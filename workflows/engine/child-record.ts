import type { GraphNode } from '../../core/graph.js';
import { isRef } from '../../core/handle.js';
import type { Json } from '../../core/json.js';
import { processNamed } from './bundle-data.js';

/** What the record of a run keeps of what a durable child gave: a repetition takes it as given, where the child's kind says so. */
export function recordOf(workflow: string, result: Json): Pick<GraphNode, 'outputs' | 'result'> {
  if (isRef(result)) return { outputs: { out: result } };
  return processNamed(workflow)?.repeated === 'given' ? { result } : {};
}
