import type { ChildCall } from '../../core/runtime.js';
import type { StudyGrowth } from '../../core/study/ask.js';
import { processNamed } from './bundle-data.js';

/** A study of a run that is resumed to grow goes on from where that run's left it. */
export function growthOf(
  grow: StudyGrowth | undefined,
  { workflow }: ChildCall,
  name: string,
): { readonly grow?: StudyGrowth } {
  if (!grow || !processNamed(workflow)?.grows) return {};
  return { grow: { ...grow, of: `${grow.of}/${name.replaceAll('/', '.')}` } };
}
