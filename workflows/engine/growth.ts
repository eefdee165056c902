import type { ChildCall } from '../../core/runtime.js';
import type { StudyGrowth } from '../../core/study/ask.js';

/** A study of a run that is resumed to grow goes on from where that run's left it. */
export function growthOf(
  grow: StudyGrowth | undefined,
  { workflow }: ChildCall,
  name: string,
): { readonly grow?: StudyGrowth } {
  if (workflow !== 'study' || !grow) return {};
  return { grow: { ...grow, of: `${grow.of}/${name.replaceAll('/', '.')}` } };
}
