import { z } from 'zod';
import type { FeatureScorer } from '../../../models/index.js';
import { trees, treesSettings } from './trees.js';

/** Models of one card that are trained one by one: what all share, and of each its text. */
export const treePartsSettings = treesSettings.omit({ iterations: true, sha256: true }).extend({
  parts: z.array(treesSettings.pick({ iterations: true, sha256: true }).extend({ file: z.string() })).min(1),
});
export type TreePartsSettings = z.output<typeof treePartsSettings>;

type Opening = Parameters<typeof trees.open>[0];

/** Opens each as trees that answer with one number, for a label of this name. What was opened goes again where one cannot be. */
export async function openTreeParts(
  { parts, ...shared }: TreePartsSettings,
  label: string,
  { bytes, ...model }: Omit<Opening, 'task' | 'settings'>,
): Promise<{ readonly opened: readonly FeatureScorer[]; readonly dispose: () => Promise<void> }> {
  const opened: FeatureScorer[] = [];
  const dispose = async (): Promise<void> => {
    for (const one of opened) await one.dispose?.();
  };
  try {
    for (const { file, ...own } of parts)
      opened.push(
        (await trees.open({
          ...model,
          task: { type: 'regression', label },
          settings: { ...shared, ...own },
          bytes: () => bytes(file),
        })) as FeatureScorer,
      );
  } catch (error) {
    await dispose();
    throw error;
  }
  return { opened, dispose };
}
